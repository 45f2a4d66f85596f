"""Telegram: the webhook as the Bot API sends it, the calls as the Bot API documents them, and what goes wrong."""

import json

import pytest
from handoff_world import served, sqlite, staff, world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.responses import JSONResponse, Response
from vendor import Vendor

from handoff.channels.telegram import SECRET_HEADER, Telegram
from handoff.domain.message import Answer, Body
from handoff.services import channel_files, claims, desk, linking

SECRET = {SECRET_HEADER: "geheim"}
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
ANNA = {"id": 4711, "type": "private", "first_name": "Anna"}


def bot_api(path, body):
    """The shapes of https://core.telegram.org/bots/api."""
    method = path.rpartition("/")[2]
    if method == "sendMessage":
        message = {"message_id": 1, "date": 1, "chat": ANNA, "text": str(body["text"])}
        return JSONResponse({"ok": True, "result": message})
    if method == "getFile":
        file = {"file_id": "F", "file_unique_id": "u", "file_size": len(PDF), "file_path": "documents/a.pdf"}
        return JSONResponse({"ok": True, "result": file})
    if path.startswith("/file/"):
        return Response(PDF, media_type="application/pdf")
    return JSONResponse({"ok": True, "result": True})


def too_many(seconds):
    body = {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests",
        "parameters": {"retry_after": seconds},
    }
    return JSONResponse(body, 429)


def refusal(code):
    return JSONResponse(
        {"ok": False, "error_code": code, "description": "Forbidden: bot was blocked by the user"}, code
    )


@pytest.fixture
async def vendor():
    return Vendor(bot_api)


@pytest.fixture
async def town(tmp_path, vendor):
    async with served(vendor.app) as url:
        channel = Telegram("123:token", "geheim", api=url, timeout_s=0.5)
        async with world(sqlite(tmp_path), channels=[channel]) as one:
            one.vendor = vendor
            one.numbers = iter(range(1, 1000))
            yield one


async def post(town, update, headers=SECRET, expected=200):
    answer = await town.http.post("/webhooks/telegram", json=update, headers=headers)
    assert answer.status_code == expected, answer.text
    return answer


def message(town, **content):
    number = next(town.numbers)
    return {"update_id": number, "message": {"message_id": number, "date": 1790000000, "chat": ANNA, "from": {"id": 4711, "is_bot": False, "first_name": "Anna"}, **content}}  # fmt: skip


async def say(town, text, **more):
    await post(town, message(town, text=text, **more))
    await town.idle()


def texts(town):
    return [body["text"] for body in town.vendor.bodies("/sendMessage")]


def keyboard(town, index=-1):
    markup = town.vendor.bodies("/sendMessage")[index].get("reply_markup")
    markup = json.loads(markup) if isinstance(markup, str) else markup
    return [row[0] for row in markup["inline_keyboard"]]


async def test_a_conversation_with_buttons_and_a_human(town):
    await say(town, "hallo")
    first, echo = texts(town)
    assert "Computerprogramm" in first
    assert "nicht die Stadt betreibt" in first
    assert echo == "Echo: hallo"
    await say(town, "knopf")
    (button,) = keyboard(town)
    assert button["text"] == "Ja"
    assert len(button["callback_data"]) < 64
    query = {"id": "q", "from": {"id": 4711, "is_bot": False, "first_name": "A"}, "chat_instance": "c", "data": button["callback_data"], "message": {"message_id": 5, "date": 1, "chat": ANNA}}  # fmt: skip
    await post(town, {"update_id": 900, "callback_query": query})
    await town.idle()
    assert town.bot.turns[-1].payload == '/start{"service": "a"}'
    assert any(call.path.endswith("/answerCallbackQuery") for call in town.vendor.calls)
    await say(town, "mensch")
    conversation_id = await claims.claim(town.context, await town.chat(), staff())
    await desk.send(town.context, conversation_id, staff(), "k1", "Guten Tag aus dem Bürgerservice")
    await town.idle()
    assert texts(town)[-2].startswith("Sie sprechen jetzt mit einem Menschen")
    assert texts(town)[-1] == "Guten Tag aus dem Bürgerservice"
    previews = [body["link_preview_options"] for body in town.vendor.bodies("/sendMessage")]
    assert all("true" in str(one).lower() for one in previews)


async def test_a_repeated_update_changes_nothing(town):
    update = message(town, text="hallo")
    for _ in range(3):
        await post(town, update)
    await town.idle()
    assert len(town.bot.turns) == 1
    assert len(texts(town)) == 2


@pytest.mark.parametrize("headers", [{}, {SECRET_HEADER: ""}, {SECRET_HEADER: "geheim2"}])
async def test_without_the_secret_nothing_is_taken(town, headers):
    answer = await post(town, message(town, text="hallo"), headers=headers, expected=403)
    assert "gespeichert" in answer.json()["message"]
    assert not town.bot.turns


async def test_what_is_not_read_is_said_and_not_stored(town):
    await post(town, message(town, location={"latitude": 51.5, "longitude": 7.1}))
    await post(town, message(town, contact={"phone_number": "+49 000 424242", "first_name": "A"}))
    await post(town, message(town, sticker={"file_id": "s", "file_unique_id": "u", "width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}))  # fmt: skip
    await town.idle()
    said = texts(town)
    assert "Standort" in said[1]
    assert "Kontaktdaten" in said[2]
    assert "Diese Art von Nachricht" in said[3]
    assert not town.bot.turns
    assert not any("424242" in one or "51.5" in one for one in said)


async def test_an_edited_message_comes_as_a_correction(town):
    await say(town, "am 16.11.")
    number = next(town.numbers)
    await post(town, {"update_id": number, "edited_message": {"message_id": 1, "date": 1, "edit_date": 2, "chat": ANNA, "text": "am 12.11."}})  # fmt: skip
    await town.idle()
    assert town.bot.turns[-1].text == "Berichtigt: am 12.11."
    number = next(town.numbers)
    await post(town, {"update_id": number, "edited_message": {"message_id": 2, "date": 1, "edit_date": 2, "chat": ANNA, "caption": "mein Mietvertrag"}})  # fmt: skip
    await town.idle()
    assert town.bot.turns[-1].text == "Berichtigt: mein Mietvertrag"


async def test_an_edit_that_cannot_be_read_is_said_so_and_a_moving_location_is_not_answered(town):
    await say(town, "hallo")
    edit = {"message_id": 2, "date": 1, "edit_date": 2, "chat": ANNA}
    number = next(town.numbers)
    for _repeated in range(2):
        await post(town, {"update_id": number, "edited_message": {**edit, "photo": [{"file_id": "F", "file_unique_id": "u", "width": 1, "height": 1}]}})  # fmt: skip
        await town.idle()
    assert len(town.bot.turns) == 1
    assert [one for one in texts(town) if "Ihre Änderung kann ich nicht lesen" in one] == texts(town)[-1:]
    said = len(texts(town))
    await post(town, {"update_id": next(town.numbers), "edited_message": {**edit, "location": {"latitude": 51.5, "longitude": 7.1}}})  # fmt: skip
    await town.idle()
    assert len(texts(town)) == said


async def test_a_document_is_kept_and_answered_with_a_link(town):
    document = {"file_id": "F", "file_unique_id": "u", "file_name": "../Bescheid.pdf", "file_size": len(PDF)}
    await post(town, message(town, document=document, caption="mein Bescheid"))
    await town.idle()
    said = " ".join(texts(town))
    assert "„Bescheid.pdf“ ist gespeichert" in said
    assert "/weiter/" in said
    assert town.bot.turns[-1].text == "mein Bescheid"
    code = (await linking.new_code(town.context, "anna"))["code"]
    await say(town, f"/start {code}")
    (kept,) = await channel_files.of_account(town.context, "anna")
    assert (kept["name"], kept["media_type"]) == ("Bescheid.pdf", "application/pdf")
    assert (await channel_files.load(town.context, "anna", kept["id"]))[1] == PDF
    assert await channel_files.of_account(town.context, "otto") == []


async def test_a_document_of_another_kind_or_too_large_is_refused(town):
    big = {"file_id": "F", "file_unique_id": "u", "file_name": "gross.pdf", "file_size": 11 * 1024**2}
    await post(town, message(town, document=big))
    await town.idle()
    assert "wurde nicht gespeichert" in texts(town)[-1]


async def test_a_file_server_that_is_away_lets_telegram_try_again(town):
    document = {"file_id": "F", "file_unique_id": "u", "file_name": "a.pdf", "file_size": len(PDF)}
    update = message(town, document=document)
    town.vendor.failures = [Response(status_code=502)]
    await post(town, update, expected=503)
    await post(town, update)
    await town.idle()
    assert sum("ist gespeichert" in one for one in texts(town)) == 1


async def test_a_file_that_telegram_gives_no_more_holds_back_nothing(town):
    document = {"file_id": "F", "file_unique_id": "u", "file_name": "a.pdf"}
    town.vendor.failures = [refusal(400)]
    await post(town, message(town, document=document, caption="mein Bescheid"))
    await town.idle()
    assert any("„a.pdf“: Sie ließ sich nicht abholen" in one for one in texts(town))
    assert town.bot.turns[-1].text == "mein Bescheid"


async def test_telegram_is_slow_busy_away_and_then_there(town):
    await say(town, "hallo")
    before = len(texts(town))
    town.vendor.failures = [too_many(7), Response(status_code=500), None, Response("<html>", 502)]
    await say(town, "nochmal")
    assert texts(town)[-1] == "Echo: nochmal"
    assert len(texts(town)) == before + 5


async def test_a_person_who_blocked_the_bot_blocks_nothing_else(town):
    await say(town, "hallo")
    town.vendor.failures = [refusal(403)]
    await say(town, "eins")
    await say(town, "zwei")
    assert texts(town)[-1] == "Echo: zwei"
    assert texts(town).count("Echo: eins") == 1  # tried once, given up


async def test_long_texts_are_split_at_sentences_and_not_sent_twice(town):
    sentence = "Das ist ein Satz, der zum Teilen da ist. "
    town.bot.react = lambda turn: Answer([Body((sentence * 250).strip())], None)
    await say(town, "hallo")
    assert len(texts(town)) == 4
    parts = texts(town)[1:]
    assert all(len(part) <= 4096 and part.endswith(".") for part in parts)
    assert " ".join(parts) == (sentence * 250).strip()
    town.vendor.failures = [bot_api("/sendMessage", {"text": ""}), Response(status_code=500)]
    await say(town, "nochmal")
    assert len(texts(town)) == 4 + 4  # the first part arrived, the second one was tried twice


async def test_too_many_buttons_become_numbers(town):
    buttons = [{"title": f"Wahl {n}", "payload": f"/wahl{n}"} for n in range(1, 13)]
    town.bot.react = lambda turn: Answer([Body("Bitte wählen.", buttons)], None)
    await say(town, "hallo")
    assert "12 – Wahl 12" in texts(town)[-1]
    await say(town, "11.")
    assert town.bot.turns[-1].payload == "/wahl11"
    await say(town, "wahl 3")
    assert town.bot.turns[-1].payload == "/wahl3"
    await say(town, "99")
    assert town.bot.turns[-1].text == "99"


@pytest.mark.parametrize("data", ["", "-", "1:9", "99:1", "x:y", "1" * 60, "²:1"])
async def test_a_button_that_was_never_offered_is_refused_in_words(town, data):
    await say(town, "hallo")
    query = {"id": "q", "from": {"id": 4711, "is_bot": False, "first_name": "A"}, "chat_instance": "c", "data": data, "message": {"message_id": 5, "date": 1, "chat": ANNA}}  # fmt: skip
    await post(town, {"update_id": 900, "callback_query": query})
    await town.idle()
    assert "nicht angeboten" in texts(town)[-1]
    assert len(town.bot.turns) == 1


async def test_groups_and_channels_are_not_answered(town):
    for kind in ("group", "supergroup", "channel"):
        update = message(town, text="hallo", chat={"id": -5, "type": kind, "title": "G"})
        await post(town, update)
    await town.idle()
    assert not town.vendor.calls


async def test_any_body_with_the_secret_never_gives_a_500(town):
    scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=10)
    values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["update_id", "message", "chat", "id", "type", "text", "date", "document", "photo", "callback_query", "from"]), inner, max_size=6), max_leaves=15)  # fmt: skip
    bodies: list[bytes] = []

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=100) | values.map(lambda one: json.dumps(one).encode()))
    def collect(raw):
        bodies.append(raw)

    collect()
    bodies += [
        json.dumps({"update_id": 1, "message": one}).encode() for one in (None, 1, [], {}, {"chat": ANNA})
    ]
    for raw in bodies:
        answer = await town.http.post("/webhooks/telegram", content=raw, headers=SECRET)
        assert answer.status_code < 500, raw
