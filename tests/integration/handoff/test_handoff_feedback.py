"""After the chat: asked once, answered anonymously; the transcript into the postbox; marks become examples with a yes only."""

from typing import Any

import pytest
from handoff_world import citizen_token, sqlite, staff, world
from sqlalchemy import select

from handoff.errors import ConflictError, ForbiddenError, InvalidInputError
from handoff.ports import ReceiverDownError, ReceiverRefusedError
from handoff.schema.lead import ExampleRow, MarkRow, RatingRow
from handoff.schema.tables import OutboxRow
from handoff.services import abuse, claims, desk, marks, team, texts

SAID = "Ich heiße Erika Mustermann und brauche Wohngeld"


async def rows(town, table):
    async with town.context.database.read() as session:
        return (await session.scalars(select(table))).all()


async def talked(town, *, account=False, say=SAID):
    """Somebody talks with the assistant, then with a human; gives handle, login and conversation."""
    handle, auth = await town.start(), None
    if account:
        auth = citizen_token(now=town.clock.now)
        handle = (await town.login(handle, auth)).json()["handle"]
    await town.send(handle, say, client_id="a", auth=auth)
    await town.idle()
    await town.send(handle, "mensch", client_id="mensch", auth=auth)
    await town.idle()
    conversation = await claims.claim(town.context, await town.chat(), staff())
    return handle, auth, conversation


async def closed(town, **how):
    handle, auth, conversation = await talked(town, **how)
    await desk.close(town.context, conversation, staff(), "geloest", "fertig")
    return handle, auth


async def bot_seq(town, handle, auth=None):
    messages = (await town.read(handle, auth=auth))["messages"]
    return next(one["seq"] for one in messages if one["author"] == "bot")


async def test_it_is_asked_when_the_chat_is_over(town):
    handle, auth = await closed(town, account=True)
    page = await town.read(handle, auth=auth)
    (card,) = page["messages"][-1]["cards"]
    assert card == {"type": "feedback", "payload": "/feedback", "transcript": True, "learn": None}
    assert page["state"]["feedback"] is True


async def test_the_answer_is_anonymous_and_counts_for_the_team(town):
    handle, _ = await closed(town)
    answer = await town.send(
        handle, payload="/feedback", values={"score": "4", "text": "Frau Kowalski war nett."}
    )
    assert answer.status_code == 201
    (rating,) = await rows(town, RatingRow)
    assert (rating.score, rating.office, rating.human) == (4, "*", True)
    assert rating.text == "Frau [Name] war nett."
    assert (rating.hour.minute, rating.hour.second) == (0, 0)
    page = await town.read(handle)
    assert "feedback" not in page["state"]
    said = [one["text"] for one in page["messages"][-2:]]
    assert said[0] == "Rückmeldung gesendet"  # the log does not hold which
    assert "ohne Ihren Namen" in said[1]


async def test_it_may_be_skipped_and_is_not_asked_again(town):
    handle, _ = await closed(town)
    assert (await town.send(handle, payload="/feedback", values={})).status_code == 201
    assert await rows(town, RatingRow) == []
    again = await town.send(handle, payload="/feedback", values={"score": 5}, client_id="c2")
    assert (again.status_code, again.json()["code"]) == (409, "rueckmeldung_erledigt")
    assert await rows(town, RatingRow) == []


async def test_sending_again_counts_once(town):
    handle, _ = await closed(town)
    first = await town.send(handle, payload="/feedback", values={"score": 5})
    second = await town.send(handle, payload="/feedback", values={"score": 5})
    assert (first.status_code, second.status_code, second.json()) == (201, 200, first.json())
    assert len(await rows(town, RatingRow)) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"score": 0},
        {"score": 6},
        {"score": "gut"},
        {"score": True},
        {"text": "nur Text"},
        {"score": 3, "text": "x" * 1001},
    ],
)
async def test_what_is_no_answer_is_refused_and_may_be_sent_again(town, values):
    handle, _ = await closed(town)
    refused = await town.send(handle, payload="/feedback", values=values)
    assert refused.status_code == 422
    assert (await town.read(handle))["state"]["feedback"] is True
    assert (await town.send(handle, payload="/feedback", values={"score": 3})).status_code == 201


async def test_nobody_is_asked_while_it_goes_on_or_after_abuse_or_silence(town):
    handle, _, conversation = await talked(town)
    refused = await town.send(handle, payload="/feedback", values={"score": 1}, client_id="zu-frueh")
    assert refused.json()["code"] == "knopf_unbekannt"
    await abuse.end(town.context, conversation, staff(), "werbung", "")
    assert not any(one["cards"] for one in (await town.read(handle))["messages"][-2:])
    silent = await town.start()
    await town.http.post(f"/api/conversations/{silent}/close")
    assert (await town.read(silent))["messages"][-1]["cards"] == []


async def test_a_chat_with_the_assistant_alone_counts_for_no_team(town):
    handle = await town.start()
    await town.send(handle, "Hallo")
    await town.idle()
    await town.http.post(f"/api/conversations/{handle}/close")
    await town.send(handle, payload="/feedback", values={"score": 2}, client_id="f")
    (rating,) = await rows(town, RatingRow)
    assert (rating.office, rating.human) == (None, False)


async def test_without_a_yes_marks_are_deleted_and_nothing_is_learnt(town):
    handle, _, conversation = await talked(town)
    await marks.mark(town.context, conversation, staff(), await bot_seq(town, handle), "falsch", "Wohngeld")
    await desk.close(town.context, conversation, staff(), "geloest", "fertig")
    assert (await town.read(handle))["messages"][-1]["cards"][0]["learn"] == texts.LEARN_CONSENT
    await town.send(handle, payload="/feedback", values={"score": 5})
    assert await rows(town, ExampleRow) == []
    assert await rows(town, MarkRow) == []


async def test_with_a_yes_an_example_without_personal_data_waits_for_review(town):
    handle, _, conversation = await talked(town)
    seq = await bot_seq(town, handle)
    await marks.mark(town.context, conversation, staff(), seq, "falsch", "Wohngeld beantragen, für Erika")
    await desk.close(town.context, conversation, staff(), "geloest", "fertig")
    await town.send(handle, payload="/feedback", values={"learn": "ja"})
    (example,) = await rows(town, ExampleRow)
    assert (example.status, example.verdict, example.intent) == ("offen", "falsch", None)
    assert example.body == {
        "text": "Ich heiße [Name] und brauche Wohngeld",
        "answer": "Echo: Ich heiße [Name] und brauche Wohngeld",
        "wanted": "Wohngeld beantragen, für [Name]",
        "handled": "Wohnsitz an- oder ummelden",
        "consent": "2026-11-1",
    }
    assert await rows(town, MarkRow) == []
    assert await rows(town, RatingRow) == []


async def test_the_application_says_what_was_handled_and_nobody_has_to_know(town):
    for draft_, down, handled in (
        ({"name": "Wohngeld beantragen"}, False, "Wohngeld beantragen"),
        (None, True, None),
    ):
        handle, _, conversation = await talked(town)
        await marks.mark(town.context, conversation, staff(), await bot_seq(town, handle), "falsch", "")
        await desk.close(town.context, conversation, staff(), "geloest", "fertig")
        town.portal.draft, town.portal.down = draft_, down
        await town.send(handle, payload="/feedback", values={"learn": "ja"})
        town.portal.down = False
        assert handled in [example.body["handled"] for example in await rows(town, ExampleRow)]


async def test_marks_change_and_go(town):
    handle, _, conversation = await talked(town)
    seq = await bot_seq(town, handle)
    assert await marks.mark(town.context, conversation, staff(), seq, "gut", "") == [
        {"seq": seq, "verdict": "gut", "wanted": ""}
    ]
    assert (await marks.mark(town.context, conversation, staff(), seq, "falsch", "x"))[0][
        "verdict"
    ] == "falsch"
    assert await marks.mark(town.context, conversation, staff(), seq, "", "") == []


@pytest.mark.parametrize(
    ("seq", "verdict", "wanted"),
    [(1, "gut", ""), (99, "gut", ""), (2, "super", ""), (2, "falsch", "x" * 301)],
)
async def test_only_answers_of_the_assistant_can_be_marked(town, seq, verdict, wanted):
    _handle, _, conversation = await talked(town)
    with pytest.raises(InvalidInputError):
        await marks.mark(town.context, conversation, staff(), seq, verdict, wanted)
    assert await rows(town, MarkRow) == []


async def test_a_chat_that_is_not_ones_own_cannot_be_marked(town):
    handle, _, conversation = await talked(town)
    seq = await bot_seq(town, handle)
    with pytest.raises(ForbiddenError):
        await team.inside(town.context, (await chat_of(town, conversation)), staff("carl"))
    with pytest.raises(ConflictError):
        await marks.mark(town.context, conversation, staff("carl"), seq, "gut", "")


async def chat_of(town, conversation):
    return await desk.chat_id(town.context, conversation)


class Postbox:
    """Takes notices, or refuses them."""

    def __init__(self) -> None:
        self.notices: list[Any] = []
        self.error: Exception | None = None

    async def notify(self, notice):
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        self.notices.append(notice)
        return {}


@pytest.fixture
async def posting(tmp_path):
    box = Postbox()
    async with world(sqlite(tmp_path), notifier=box) as town:
        yield town, box


async def test_the_transcript_goes_into_the_postbox_once_as_the_citizen_reads_it(posting):
    town, box = posting
    handle, auth = await closed(town, account=True, say="Meine IBAN ist DE02120300000000202051")
    await town.send(handle, payload="/feedback", values={"score": 5, "transcript": "ja"}, auth=auth)
    await town.idle()
    (notice,) = box.notices
    assert (notice.body["art"], notice.body["account"], notice.body["day"]) == (
        "verlauf",
        "anna",
        "2026-11-23",
    )
    assert "Assistent (Computerprogramm)" in notice.body["text"]
    assert "DE02120300000000202051" not in notice.body["text"]
    assert "Postfach" in (await town.read(handle, auth=auth))["messages"][-1]["text"]


async def test_a_protected_address_is_in_no_transcript(posting):
    town, box = posting
    handle, auth = await closed(town, account=True, say="Ich wohne Ahstraße 12, 45879 Gelsenkirchen")
    await town.send(handle, payload="/feedback", values={"transcript": "ja"}, auth=auth)
    await town.idle()
    assert "Ahstraße" not in box.notices[0].body["text"]  # nobody said yet that none is protected


async def test_while_the_portal_is_away_the_transcript_waits(posting):
    town, box = posting
    handle, auth = await closed(town, account=True)
    box.error = ReceiverDownError("weg")
    await town.send(handle, payload="/feedback", values={"transcript": "ja"}, auth=auth)
    await town.idle()
    assert len(box.notices) == 1


async def test_a_refused_transcript_is_told(posting):
    town, box = posting
    handle, auth = await closed(town, account=True)
    box.error = ReceiverRefusedError("nicht_gefunden")
    await town.send(handle, payload="/feedback", values={"transcript": "ja"}, auth=auth)
    await town.idle()
    assert "konnte nicht in Ihr Postfach" in (await town.read(handle, auth=auth))["messages"][-1]["text"]


async def test_without_an_account_there_is_no_transcript(posting):
    town, box = posting
    handle, _ = await closed(town)
    await town.send(handle, payload="/feedback", values={"transcript": "ja"})
    await town.idle()
    assert box.notices == []
    assert await rows(town, OutboxRow) == []


async def test_another_account_cannot_answer(town):
    handle, _ = await closed(town, account=True)
    stranger = citizen_token("boris", now=town.clock.now)
    assert (
        await town.send(handle, payload="/feedback", values={"score": 1}, auth=stranger)
    ).status_code == 401
    assert await rows(town, RatingRow) == []
