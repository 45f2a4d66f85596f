"""WhatsApp: webhooks and calls in the shapes of Meta's documentation, and what goes wrong."""

import hashlib
import hmac
import json

import pytest
from handoff_world import served, sqlite, staff, world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.responses import JSONResponse, Response
from vendor import Vendor

from handoff.channels.whatsapp import WhatsApp
from handoff.domain.message import Answer, Body
from handoff.services import channel_notices, claims, desk, linking
from handoff.storage import outbox

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
ANNA = "49000424242"


def sign(raw: bytes, secret: str = "app-geheim") -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}


def error(status, code, **headers):
    body = {"error": {"message": f"(#{code})", "type": "OAuthException", "code": code, "fbtrace_id": "A"}}
    return JSONResponse(body, status, headers=headers)


def whatsapp_at(url):
    return WhatsApp("1001", "token", "app-geheim", "pruef", "neue_nachricht", api=url, timeout_s=0.5)


@pytest.fixture
async def town(tmp_path):
    urls = []

    def graph(path, body):
        if path.endswith("/messages"):
            return JSONResponse({"messaging_product": "whatsapp", "contacts": [{"input": body["to"], "wa_id": body["to"]}], "messages": [{"id": "wamid.out"}]})  # fmt: skip
        if path.endswith("/MEDIA"):
            return JSONResponse({"url": f"{urls[0]}/lookaside/file", "mime_type": "application/pdf", "file_size": len(PDF), "id": "MEDIA"})  # fmt: skip
        return Response(PDF)

    vendor = Vendor(graph)
    async with served(vendor.app) as url:
        urls.append(url)
        async with world(sqlite(tmp_path), channels=[whatsapp_at(url)]) as one:
            one.vendor, one.url = vendor, url
            yield one


def webhook(*messages, phone_id="1001"):
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "49209000", "phone_number_id": phone_id},
        "contacts": [{"profile": {"name": "Anna"}, "wa_id": ANNA}],
        "messages": list(messages),
    }
    return {"object": "whatsapp_business_account", "entry": [{"id": "WABA", "changes": [{"value": value, "field": "messages"}]}]}  # fmt: skip


def message(number, kind="text", at=1790000000, **content):
    return {"from": ANNA, "id": f"wamid.{number}", "timestamp": str(at), "type": kind, **content}


def text(number, body, at=1790000000):
    return message(number, at=at, text={"body": body})


async def post(town, body, expected=200):
    raw = json.dumps(body).encode()
    answer = await town.http.post("/webhooks/whatsapp", content=raw, headers=sign(raw))
    assert answer.status_code == expected, answer.text
    await town.idle()


def sent(town):
    return town.vendor.bodies("/messages")


def texts(town):
    return [body["text"]["body"] for body in sent(town) if body["type"] == "text"]


async def test_the_registration_is_confirmed_with_the_right_token_only(town):
    query = {"hub.mode": "subscribe", "hub.verify_token": "pruef", "hub.challenge": "1158201444"}
    answer = await town.http.get("/webhooks/whatsapp", params=query)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    for wrong in ({"hub.verify_token": "x"}, {"hub.mode": "unsubscribe"}, {"hub.verify_token": "ü"}):
        assert (await town.http.get("/webhooks/whatsapp", params={**query, **wrong})).status_code == 403
    assert (await town.http.get("/webhooks/whatsapp")).status_code == 403


async def test_a_conversation_with_buttons_a_list_and_a_human(town):
    await post(town, webhook(text(1, "hallo")))
    assert "Computerprogramm" in texts(town)[0]
    assert texts(town)[1] == "Echo: hallo"
    assert not any(body["text"]["preview_url"] for body in sent(town))
    await post(town, webhook(text(2, "knopf")))
    interactive = sent(town)[-1]["interactive"]
    assert interactive["type"] == "button"
    reply = interactive["action"]["buttons"][0]["reply"]
    await post(
        town, webhook(message(3, "interactive", interactive={"type": "button_reply", "button_reply": reply}))
    )
    assert town.bot.turns[-1].payload == '/start{"service": "a"}'
    buttons = [{"title": f"Wahl {n}", "payload": f"/wahl{n}"} for n in range(1, 6)]
    town.bot.react = lambda turn: Answer([Body("Bitte wählen.", buttons)], None)
    await post(town, webhook(text(4, "mehr")))
    rows = sent(town)[-1]["interactive"]["action"]["sections"][0]["rows"]
    assert [row["title"] for row in rows] == [f"Wahl {n}" for n in range(1, 6)]
    await post(
        town, webhook(message(5, "interactive", interactive={"type": "list_reply", "list_reply": rows[3]}))
    )
    assert town.bot.turns[-1].payload == "/wahl4"
    from handoff_world import echo

    town.bot.react = echo
    await post(town, webhook(text(6, "mensch")))
    conversation_id = await claims.claim(town.context, await town.chat(), staff())
    await desk.send(town.context, conversation_id, staff(), "k1", "Guten Tag")
    await town.idle()
    assert texts(town)[-1] == "Guten Tag"


async def test_repeated_and_unordered_messages(town):
    late, early = text(2, "zweitens", at=1790000060), text(1, "erstens", at=1790000000)
    await post(town, webhook(late, early))
    await post(town, webhook(early))
    await post(town, webhook(late, early))
    assert [turn.text for turn in town.bot.turns] == ["erstens", "zweitens"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": "sha256=00"},
        {"X-Hub-Signature-256": b"sha256=\xe4"},
        sign(b"anders"),
        sign(b"{}", "falsch"),
    ],
)
async def test_wrong_signatures_are_refused(town, headers):
    answer = await town.http.post("/webhooks/whatsapp", content=b"{}", headers=headers)
    assert answer.status_code == 403
    assert not town.bot.turns


async def test_other_numbers_and_statuses_are_passed_over(town):
    await post(town, webhook(text(1, "hallo"), phone_id="2002"))
    status = webhook()
    status["entry"][0]["changes"][0]["value"]["statuses"] = [{"id": "wamid.out", "status": "delivered"}]
    await post(town, status)
    assert not town.bot.turns
    assert not sent(town)


async def test_a_document_is_kept_and_other_kinds_are_named(town):
    await post(town, webhook(message(1, "document", document={"id": "MEDIA", "filename": "a.pdf", "mime_type": "application/pdf", "caption": "hier"})))  # fmt: skip
    assert any("„a.pdf“ ist gespeichert" in one for one in texts(town))
    assert town.bot.turns[-1].text == "hier"
    await post(town, webhook(message(2, "location", location={"latitude": 51.5, "longitude": 7.1})))
    await post(town, webhook(message(3, "contacts", contacts=[{"name": {"formatted_name": "X"}}])))
    await post(town, webhook(message(4, "audio", audio={"id": "A"})))
    await post(town, webhook(message(5, "reaction", reaction={"message_id": "wamid.1", "emoji": "👍"})))
    assert [
        "Standort" in texts(town)[-3],
        "Kontaktdaten" in texts(town)[-2],
        "Diese Art" in texts(town)[-1],
    ] == [True] * 3
    town.vendor.failures = [error(500, 1)]
    batch = webhook(message(6, "image", image={"id": "MEDIA"}), text(7, "und noch etwas"))
    await post(town, batch, expected=503)
    assert town.bot.turns[-1].text == "und noch etwas", "one that is late holds back no other"
    await post(town, batch)
    assert "„Foto.jpg“ ist gespeichert" in texts(town)[-1]
    town.vendor.failures = [error(404, 100)]
    await post(town, webhook(message(8, "image", image={"id": "MEDIA"})))
    assert "ließ sich nicht abholen" in texts(town)[-1]


async def test_after_24_hours_only_the_template_goes_out_and_once(town):
    await post(town, webhook(text(1, "mensch")))
    conversation_id = await claims.claim(town.context, await town.chat(), staff())
    await town.idle()
    before = len(sent(town))
    town.clock.forward(25 * 3600)
    for number in range(3):
        await desk.send(town.context, conversation_id, staff(), f"k{number}", f"Geheimes {number}")
    await town.idle()
    fresh = whatsapp_at(town.url)  # as after a start: it remembers nothing
    await fresh.start(town.context)
    town.context.channels["whatsapp"] = fresh
    await desk.send(town.context, conversation_id, staff(), "k9", "Geheimes 9")
    await town.idle()
    (template,) = sent(town)[before:]
    assert template["template"] == {"name": "neue_nachricht", "language": {"code": "de"}}
    await post(town, webhook(text(2, "Link")))
    assert "/weiter/" in texts(town)[-1]
    await fresh.close()


async def test_metas_own_window_counts(town):
    await post(town, webhook(text(1, "hallo")))
    town.vendor.failures = [error(400, 131047)]
    await post(town, webhook(text(2, "nochmal")))
    assert sent(town)[-1]["type"] == "template"


def failed(town, code, body=None):
    """A status as Meta's documentation shows it, for the last message that was sent."""
    tracker = (body or sent(town)[-1])["biz_opaque_callback_data"]
    error = {"code": code, "title": "T", "message": "T", "error_data": {"details": "D"}, "href": "https://developers.facebook.com/"}  # fmt: skip
    status = {"id": "wamid.out", "status": "failed", "timestamp": "1790000001", "recipient_id": ANNA, "biz_opaque_callback_data": tracker, "errors": [error]}  # fmt: skip
    found = webhook()
    value = found["entry"][0]["changes"][0]["value"]
    del value["messages"]
    value["statuses"] = [status]
    return found


async def given_up(town):
    async with town.context.database.read() as session:
        return (await outbox.counts(session)).get(("channel", True), 0)


async def test_the_window_may_be_found_closed_after_the_message_was_accepted(town):
    await post(town, webhook(text(1, "hallo")))
    late = failed(town, 131047)
    town.vendor.failures = [error(500, 1)]
    await post(town, late, expected=503)
    for _repeated in range(2):
        await post(town, late)
    assert [body["type"] for body in sent(town)[-2:]] == ["template", "template"], "one failed, one arrived"
    assert await given_up(town) == 0


async def test_a_failure_after_the_acceptance_is_kept_for_the_operator_once(town):
    await post(town, webhook(text(1, "hallo")))
    before = len(sent(town))
    for _repeated in range(3):
        await post(town, failed(town, 131026))
    assert await given_up(town) == 1
    assert len(sent(town)) == before
    foreign = failed(town, 131026)
    foreign["entry"][0]["changes"][0]["value"]["statuses"][0]["recipient_id"] = "49000"
    await post(town, foreign)
    await post(town, failed(town, 131026, {"biz_opaque_callback_data": "x" * 500}))
    assert await given_up(town) == 1
    await post(town, webhook(text(2, "nochmal")))
    assert texts(town)[-1] == "Echo: nochmal"


@pytest.mark.parametrize("afterwards", [True, False])
async def test_a_notice_that_did_not_arrive_takes_its_next_way_once(town, afterwards):
    asked = []

    class Notifier:
        async def notify(self, notice):
            asked.append((notice.key, dict(notice.body)))
            return {}

    await post(town, webhook(text(1, "hallo")))
    code = (await linking.new_code(town.context, "anna"))["code"]
    await post(town, webhook(text(2, f"Verbinden {code}")))
    town.context.notifier = Notifier()
    if not afterwards:
        town.vendor.failures = [error(400, 131026)]
    await channel_notices.send(town.context, "anna", "hinweis-1", "Im Portal liegt etwas für Sie.")
    await town.idle()
    if afterwards:
        late = failed(town, 131026)
        for _repeated in range(2):
            await post(town, late)
    assert asked == [("hinweis-1", {"art": "unzustellbar", "notice": "hinweis-1"})]
    assert await given_up(town) == 1


async def test_whatsapp_is_busy_away_and_then_there(town):
    await post(town, webhook(text(1, "hallo")))
    before = len(sent(town))
    town.vendor.failures = [error(429, 130429, **{"Retry-After": "3"}), Response("<html>", 503), None, Response("{}", 500), error(401, 190)]  # fmt: skip
    await post(town, webhook(text(2, "nochmal")))
    assert texts(town)[-1] == "Echo: nochmal"
    assert len(sent(town)) == before + 6


async def test_an_undeliverable_message_blocks_nothing(town):
    await post(town, webhook(text(1, "hallo")))
    town.vendor.failures = [error(400, 131026)]
    await post(town, webhook(text(2, "eins")))
    await post(town, webhook(text(3, "zwei")))
    assert texts(town)[-1] == "Echo: zwei"


async def test_one_message_that_cannot_be_taken_keeps_back_no_other(town):
    town.portal.down = True
    await post(
        town,
        webhook(text(1, "IBAN DE89 3704 0044 0532 0130 00"), text(2, "hallo", at=1790000001)),
        expected=503,
    )
    assert [turn.text for turn in town.bot.turns] == ["hallo"]
    town.portal.down = False
    await post(town, webhook(text(1, "IBAN DE89 3704 0044 0532 0130 00"), text(2, "hallo", at=1790000001)))
    assert len(town.bot.turns) == 2
    assert "0532" not in town.bot.turns[-1].text


async def test_any_signed_body_never_gives_a_500(town):
    keys = ["entry", "changes", "value", "metadata", "phone_number_id", "messages", "statuses", "status", "recipient_id", "biz_opaque_callback_data", "errors", "code", "id", "from", "type", "text", "body", "interactive", "document", "timestamp"]  # fmt: skip
    scalars = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.sampled_from(["1001", "text", "document", "interactive"])
    )
    values = st.recursive(scalars, lambda one: st.lists(one, max_size=2) | st.dictionaries(st.sampled_from(keys), one, max_size=5), max_leaves=15)  # fmt: skip
    bodies: list[bytes] = []

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=100) | values.map(lambda one: json.dumps(one).encode()))
    def collect(raw):
        bodies.append(raw)

    collect()
    odd = json.loads(json.dumps(failed(town, 131026, {"biz_opaque_callback_data": "x"})))
    for name, value in (
        ("errors", 7),
        ("errors", [{"code": []}]),
        ("status", ["failed"]),
        ("recipient_id", {}),
    ):
        odd["entry"][0]["changes"][0]["value"]["statuses"][0][name] = value
        bodies.append(json.dumps(odd).encode())
    for kind, content in (
        ("text", 7),
        ("interactive", {"type": "x"}),
        ("interactive", {"type": ["a"]}),
        ("document", {}),
        ("image", {"id": 3}),
    ):
        bodies.append(json.dumps(webhook(message(len(bodies), kind, **{kind: content}))).encode())
    for raw in bodies:
        answer = await town.http.post("/webhooks/whatsapp", content=raw, headers=sign(raw))
        assert answer.status_code < 500, raw


async def test_a_large_batch_is_taken_where_vendors_send_them_and_nowhere_else(town):
    padded = {**webhook(text(1, "hallo")), "padding": "x" * 1024**2}
    await post(town, padded)
    assert len(town.bot.turns) == 1
    too_large = b"x" * (4 * 1024**2 + 1)
    for path, raw in (("whatsapp", too_large), ("rest/webhook", too_large[: 1024**2])):
        answer = await town.http.post(f"/webhooks/{path}", content=raw, headers=sign(raw))
        assert answer.status_code == 413
