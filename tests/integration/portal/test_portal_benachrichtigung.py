"""Notices: the chosen channel, quiet hours, nothing personal, nothing lost when a way is closed."""

import json
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from portal.domain.benachrichtigung import (
    ANLAESSE,
    ARTEN,
    REIHENFOLGE,
    Kanal,
    Ruhezeit,
    anlass,
    faellig_ab,
    wege_nach,
)
from portal.errors import InvalidInputError, UnavailableError
from portal.schema.benachrichtigung import BenachrichtigungZeile
from portal.services import benachrichtigung, sperre, stammdaten, versand
from portal.services.versand import Hinweis, MessengerSender, SmsSender, UnreachableRecipientError
from tests.support.portal_world import KONTO, PortalWorld, portal_world

NACHT = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
"""23:30 in Germany."""


class Recorder:
    """A sender that notes what it sends, or fails as it is told to."""

    def __init__(self, error: type[Exception] | None = None) -> None:
        self.sent: list[Hinweis] = []
        self.error = error

    async def senden(self, hinweis: Hinweis) -> None:
        if self.error:
            raise self.error("Anna Beispiel")
        self.sent.append(hinweis)


@pytest.fixture
async def world(tmp_path: Path):
    async with portal_world(tmp_path) as world:
        async with world.context.transaction() as session:
            values = {"email": "erste@beispiel.example", "telefon": "+49 151 5550123"}
            await stammdaten.store(session, KONTO, values, "angabe", world.context.today())
        yield world


async def cause(
    world: PortalWorld, occasion: str = "neue_nachricht", verweis: str | None = None
) -> str | None:
    async with world.context.transaction() as session:
        return await benachrichtigung.anstossen(
            session, KONTO, occasion, jetzt=world.clock(), verweis=verweis
        )


async def choose(world: PortalWorld, **kanaele: str) -> None:
    await benachrichtigung.wuenschen(world.context, KONTO, kanaele, ("22:00", "07:00"), [7])


async def rows(world: PortalWorld) -> list[BenachrichtigungZeile]:
    async with world.context.transaction() as session:
        return list(await session.scalars(select(BenachrichtigungZeile)))


@pytest.mark.parametrize("occasion", ANLAESSE.values(), ids=lambda o: o.id)
def test_an_occasion_has_a_kind_and_fixed_sentences(occasion) -> None:
    assert occasion.art in ARTEN
    assert not {"{", "%"} & set(occasion.text + occasion.betreff), "nothing is put into a notice"
    assert occasion.text.endswith(".")
    assert not ARTEN[occasion.art].abwaehlbar or not occasion.sofort


@pytest.mark.parametrize(
    ("wann", "von", "bis", "faellig"),
    [
        pytest.param("2026-11-24T12:00", "22:00", "07:00", "2026-11-24T12:00", id="by day"),
        pytest.param("2026-11-24T22:00", "22:00", "07:00", "2026-11-25T07:00", id="the first quiet minute"),
        pytest.param("2026-11-25T06:59", "22:00", "07:00", "2026-11-25T07:00", id="the last quiet minute"),
        pytest.param("2026-11-25T07:00", "22:00", "07:00", "2026-11-25T07:00", id="the first loud minute"),
        pytest.param("2026-11-25T13:00", "12:00", "15:00", "2026-11-25T15:00", id="within a day"),
        pytest.param("2026-11-25T03:00", "00:00", "00:00", "2026-11-25T03:00", id="no quiet hours"),
        pytest.param("2026-12-31T23:00", "22:00", "07:00", "2027-01-01T07:00", id="over the year"),
    ],
)
def test_quiet_hours(wann: str, von: str, bis: str, faellig: str) -> None:
    ruhe = Ruhezeit(time.fromisoformat(von), time.fromisoformat(bis))
    moment = datetime.fromisoformat(wann)
    assert faellig_ab(anlass("neue_nachricht"), moment, ruhe) == datetime.fromisoformat(faellig)
    for urgent in ("bescheid_bereit", "neue_anmeldung", "konto_geaendert", "konto_gesperrt"):
        assert faellig_ab(anlass(urgent), moment, ruhe) == moment


async def test_a_notice_goes_by_mail_and_says_nothing_but_where_to_look(world: PortalWorld) -> None:
    mail = Recorder()
    await cause(world, verweis="/mein/postfach")
    assert await benachrichtigung.senden_faellige(world.context, {Kanal.MAIL: mail}) == 1
    assert await benachrichtigung.senden_faellige(world.context, {Kanal.MAIL: mail}) == 0
    (sent,) = mail.sent
    assert sent.an == "erste@beispiel.example"
    assert sent.volltext == (
        "In Ihrem Postfach liegt eine neue Nachricht.\n\nhttp://127.0.0.1:8000/mein/postfach"
    )


async def test_what_can_wait_waits_for_the_morning_and_a_warning_does_not(world: PortalWorld) -> None:
    mail = Recorder()
    world.clock.now = NACHT
    await cause(world, "frist_erinnerung")
    await cause(world, "neue_anmeldung", "/sperren/geheim")
    await benachrichtigung.senden_faellige(world.context, {Kanal.MAIL: mail})
    assert [one.betreff for one in mail.sent] == ["Neue Anmeldung an Ihrem Konto"]
    world.clock.forward(hours=7.5)
    await benachrichtigung.senden_faellige(world.context, {Kanal.MAIL: mail})
    assert [one.betreff for one in mail.sent][1:] == ["Erinnerung an eine Frist"]


async def test_the_chosen_channel_is_taken(world: PortalWorld) -> None:
    await choose(world, nachricht="sms", frist="postfach")
    sms, mail = Recorder(), Recorder()
    assert await cause(world, "frist_erinnerung") is None
    await cause(world)
    await benachrichtigung.senden_faellige(world.context, {Kanal.MAIL: mail, Kanal.SMS: sms})
    assert ([one.an for one in sms.sent], mail.sent) == (["+49 151 5550123"], [])


@pytest.mark.parametrize(
    ("kanaele", "ruhe", "tage", "field"),
    [
        ({"bescheid": "postfach"}, ("22:00", "07:00"), [7], "bescheid"),
        ({"sicherheit": "postfach"}, ("22:00", "07:00"), [7], "sicherheit"),
        ({"nachricht": "brieftaube"}, ("22:00", "07:00"), [7], "nachricht"),
        ({"alles": "mail"}, ("22:00", "07:00"), [7], "alles"),
        ({}, ("25:00", "07:00"), [7], "ruhe_von"),
        ({}, ("22:00", ""), [7], "ruhe_von"),
        ({}, ("22:00", "07:00"), [365], "erinnern"),
    ],
)
async def test_wishes_that_cannot_be(world: PortalWorld, kanaele, ruhe, tage, field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        await benachrichtigung.wuenschen(world.context, KONTO, kanaele, ruhe, tage)
    assert caught.value.field == field


async def test_the_same_notice_waiting_twice_is_sent_once(world: PortalWorld) -> None:
    assert await cause(world) == await cause(world)
    assert len(await rows(world)) == 1


async def test_an_act_that_is_rolled_back_tells_nobody(world: PortalWorld) -> None:
    async def fails() -> None:
        async with world.context.transaction() as session:
            await benachrichtigung.anstossen(session, KONTO, "neue_nachricht", jetzt=world.clock())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert await rows(world) == []


async def test_a_sender_that_is_away_is_tried_again_and_then_the_next_way(world: PortalWorld) -> None:
    mail, sms = Recorder(ConnectionError), Recorder()
    ways = {Kanal.MAIL: mail, Kanal.SMS: sms}
    await cause(world)
    for _ in range(benachrichtigung.VERSUCHE_JE_KANAL + 1):
        await benachrichtigung.senden_faellige(world.context, ways)
        world.clock.forward(hours=1)
    assert len(sms.sent) == 1
    (row,) = await rows(world)
    assert (row.kanal, row.status, row.fehler) == ("sms", "gesendet", None)


async def test_what_a_messenger_could_not_deliver_afterwards_takes_the_next_way_once(
    world: PortalWorld,
) -> None:
    await choose(world, nachricht="messenger")
    messenger, mail = Recorder(), Recorder()
    ways = {Kanal.MESSENGER: messenger, Kanal.MAIL: mail}
    notice = await cause(world)
    assert notice is not None
    with pytest.raises(UnavailableError):
        async with world.context.transaction() as session:
            await benachrichtigung.nicht_angekommen(world.context, session, notice)
    await benachrichtigung.senden_faellige(world.context, ways)
    assert (len(messenger.sent), len(mail.sent)) == (1, 0)
    for _repeated in range(2):
        async with world.context.transaction() as session:
            await benachrichtigung.nicht_angekommen(world.context, session, notice)
            await benachrichtigung.nicht_angekommen(world.context, session, "unbekannt")
        await benachrichtigung.senden_faellige(world.context, ways)
    assert (len(messenger.sent), len(mail.sent)) == (1, 1)
    (row,) = await rows(world)
    assert (row.kanal, row.status) == ("mail", "gesendet")


async def test_a_messenger_of_a_locked_account_hears_of_the_lock_alone(world: PortalWorld) -> None:
    kinds = {art: "messenger" for art in ARTEN}
    await benachrichtigung.wuenschen(world.context, KONTO, kinds, ("22:00", "07:00"), [7])
    await cause(world)
    await sperre.sperren(world.context, KONTO)
    await cause(world, "bescheid_bereit")
    messenger, mail = Recorder(), Recorder()
    ways = {Kanal.MESSENGER: messenger, Kanal.MAIL: mail}
    assert await benachrichtigung.senden_faellige(world.context, ways) == 4
    assert [one.betreff for one in messenger.sent] == [anlass("konto_gesperrt").betreff]
    assert {one.betreff for one in mail.sent} == {
        anlass("konto_geaendert").betreff,  # the way for warnings was changed
        anlass("neue_nachricht").betreff,
        anlass("bescheid_bereit").betreff,
    }
    async with world.context.transaction() as session:
        await sperre.entsperren(session, KONTO)
    await cause(world)
    await benachrichtigung.senden_faellige(world.context, ways)
    assert messenger.sent[-1].betreff == anlass("neue_nachricht").betreff, "open again"


@pytest.mark.parametrize("chosen", [Kanal.MAIL, Kanal.SMS, Kanal.MESSENGER, Kanal.PUSH])
async def test_whatever_she_chose_every_other_way_is_tried_before_a_notice_is_given_up(
    world: PortalWorld, chosen: Kanal
) -> None:
    assert set(wege_nach(chosen, chosen)) == set(REIHENFOLGE) - {chosen}
    await choose(world, nachricht=chosen)
    await cause(world)
    open_one = Kanal.SMS if chosen == Kanal.MAIL else Kanal.MAIL
    ways = {kanal: Recorder(UnreachableRecipientError) for kanal in REIHENFOLGE} | {open_one: Recorder()}
    assert await benachrichtigung.senden_faellige(world.context, ways) == 1
    assert [row.kanal for row in await rows(world)] == [open_one]


async def test_when_no_way_is_left_the_notice_is_given_up_and_counted(world: PortalWorld) -> None:
    await cause(world)
    closed = {Kanal.MAIL: Recorder(UnreachableRecipientError)}
    assert await benachrichtigung.senden_faellige(world.context, closed) == 0
    async with world.context.transaction() as session:
        assert await benachrichtigung.zaehlen(session) == {("mail", "aufgegeben"): 1}


async def test_an_unknown_occasion_is_a_mistake_of_the_caller(world: PortalWorld) -> None:
    with pytest.raises(ValueError, match="unknown occasion"):
        await cause(world, "gratulation")


class Service:
    """Stands in for an HTTP service."""

    def __init__(self, status: int) -> None:
        self.status, self.seen = status, []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append((str(request.url), request.headers["authorization"], json.loads(request.content)))
        return httpx.Response(self.status)


@pytest.mark.parametrize(
    ("sender", "url", "body"),
    [
        (
            SmsSender("http://sms.test/send", "t"),
            "http://sms.test/send",
            {"to": "1", "text": "Text", "reference": "k"},
        ),
        (
            MessengerSender("http://handoff.test", "t"),
            "http://handoff.test/api/channels/internal/notices",
            {"account": "1", "text": "Text", "key": "k"},
        ),
    ],
)
async def test_http_senders(sender, url: str, body: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for status, error in ((204, None), (404, UnreachableRecipientError), (503, httpx.HTTPStatusError)):
        service = Service(status)
        client = partial(httpx.AsyncClient, transport=httpx.MockTransport(service))
        with monkeypatch.context() as patch:
            patch.setattr(versand.httpx, "AsyncClient", client)
            if error is None:
                await sender.senden(Hinweis("k", "1", "Betreff", "Text"))
            else:
                with pytest.raises(error):
                    await sender.senden(Hinweis("k", "1", "Betreff", "Text"))
        assert service.seen == [(url, "Bearer t", body)]


async def test_mail_over_smtp() -> None:
    """Against a small server of our own that speaks just enough SMTP."""
    import asyncio

    received: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 probe\r\n")
        while line := (await reader.readline()).decode().strip():
            if line.startswith("RCPT") and "weg@" in line:
                writer.write(b"550 unknown\r\n")
            elif line == "DATA":
                writer.write(b"354 go on\r\n")
                received.append((await reader.readuntil(b"\r\n.\r\n")).decode())
                writer.write(b"250 ok\r\n")
            else:
                writer.write(b"250 ok\r\n")
            if line == "QUIT":
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        smtp = versand.SmtpSender(f"smtp+plain://127.0.0.1:{port}", "portal@stadt.example")
        await smtp.senden(Hinweis("abc", "anna@beispiel.example", "Ein Bescheid", "Grüße\n\nhttp://x"))
        with pytest.raises(UnreachableRecipientError):
            await smtp.senden(Hinweis("abc", "weg@beispiel.example", "B", "T"))
    assert "Message-ID: <abc@stadt.example>" in received[0]
    assert "Auto-Submitted: auto-generated" in received[0]
    assert "To: anna@beispiel.example" in received[0]
