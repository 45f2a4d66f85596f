"""What a waiting citizen is told and may do instead: be called back, be written to, leave a request with a promised date."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.domain.board import Place
from handoff.domain.hours import BERLIN
from handoff.domain.limits import TEXT_MAX_CHARS
from handoff.domain.message import Body, Handover, Object
from handoff.domain.offers import Json
from handoff.domain.phase import Phase, Step, move
from handoff.errors import InvalidInputError
from handoff.schema.routing import RequestRow
from handoff.schema.tables import ConversationRow
from handoff.services import texts
from handoff.services.hours import Opening
from handoff.storage import duty, outbox
from handoff.storage.outbox import Kind

CALLBACK, WRITE, REQUEST = "/wait_callback", "/wait_write", "/wait_request"
BACK = "/back_to_bot"
KINDS = {CALLBACK: "rueckruf", WRITE: "schreiben", REQUEST: "anliegen"}
TELEPHONE = re.compile(r"\+?[0-9][0-9 ()/-]{4,24}")
MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,24}")
DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


@dataclass(frozen=True)
class Wish:
    """What a citizen leaves, read and checked."""

    kind: str
    text: str
    at: datetime | None = None
    telephone: str | None = None
    mail: str | None = None

    def stored(self) -> Object:
        """As JSON for the database and the portal."""
        body: Object = {"text": self.text}
        if self.at is not None:
            body["zeit"] = self.at.isoformat(timespec="minutes")
        if self.telephone is not None:
            body["telefon"] = self.telephone
        if self.mail is not None:
            body["kanal"], body["adresse"] = "mail", self.mail
        return body


def card(handover: Handover, opening: Opening) -> Object:
    """The `queue` card: what may be done instead of waiting; outside the opening hours the request comes first."""
    options: list[Json] = [
        {"id": "rueckruf", "payload": CALLBACK, "slots": [one.isoformat() for one in opening.callbacks]},
        {"id": "schreiben", "payload": WRITE},
    ]
    if not opening.callbacks:
        options.pop(0)
    request: Object = {"id": "anliegen", "payload": REQUEST, "promised": opening.promised.isoformat()}
    options.insert(0 if opening.open is False else len(options), request)
    shape: Object = {
        "type": "queue",
        "reason": handover.reason,
        "topic": handover.topic,
        "open": opening.open,
        "options": options,
    }
    if opening.open is False and opening.opens_at is not None:
        shape["opens_at"] = opening.opens_at.isoformat(timespec="minutes")
    return shape


def announcement(handover: Handover, place: Place, opening: Opening, *, back: bool = True) -> Body:
    """What the gateway says when a conversation comes into the queue; `back`: whether there is an assistant to go back to."""
    to_bot: list[Object] = [{"title": texts.BACK_TO_BOT_TITLE, "payload": BACK}] if back else []
    leave: Object = {"title": texts.REQUEST_TITLE, "payload": REQUEST}
    if opening.open is False:
        when = "" if opening.opens_at is None else texts.OPENS.format(when=moment(opening.opens_at))
        text = texts.CLOSED_NOW.format(opens=when, promised=day(opening.promised))
        return Body(text, [leave, *to_bot], [card(handover, opening)])
    if place.estimate is None:
        text = texts.QUEUED_NOBODY.format(place=place.place, promised=day(opening.promised))
    else:
        text = texts.QUEUED.format(place=place.place, wait=place.estimate.text())
    return Body(text, [*to_bot, leave], [card(handover, opening)])


def enriched(body: Body, handover: Handover, opening: Opening) -> Body:
    """Put what may be done instead of waiting into the bot's own `queue` card."""
    if not any(one.get("type") == "queue" for one in body.cards):
        return body
    cards = [card(handover, opening) if one.get("type") == "queue" else one for one in body.cards]
    return Body(body.text, body.buttons, cards, body.sender)


def read(payload: str, values: Mapping[str, Json] | None, opening: Opening) -> Wish:
    """Read a wish.

    Raises
    ------
    InvalidInputError
        The time was not offered (`zeit`), or telephone number, address or text are malformed; names the field.
    """
    given = {name: str(value).strip() for name, value in (values or {}).items() if value is not None}
    text = given.get("text", "")
    if len(text) > TEXT_MAX_CHARS:
        raise InvalidInputError(
            f"Ihr Anliegen ist länger als {TEXT_MAX_CHARS} Zeichen. Bitte kürzen Sie es; es wurde nichts gespeichert.",
            field="text",
        )
    kind = KINDS[payload]
    if payload == CALLBACK:
        if not TELEPHONE.fullmatch(given.get("telefon", "")):
            raise InvalidInputError(
                "Bitte geben Sie eine Telefonnummer mit Vorwahl an, zum Beispiel 0209 1234567.",
                field="telefon",
            )
        at = next((one for one in opening.callbacks if one.isoformat() == given.get("zeit")), None)
        if at is None:
            raise InvalidInputError(
                "Diese Zeit ist nicht (mehr) möglich. Bitte wählen Sie eine der angebotenen Zeiten.",
                field="zeit",
            )
        return Wish(kind, text, at=at, telephone=given["telefon"])
    if payload == WRITE:
        if not MAIL.fullmatch(given.get("adresse", "")):
            raise InvalidInputError("Bitte geben Sie eine vollständige E-Mail-Adresse an.", field="adresse")
        return Wish(kind, text, mail=given["adresse"])
    return Wish(kind, text)


async def leave(
    session: AsyncSession, row: ConversationRow, wish: Wish, opening: Opening, now: datetime
) -> Body:
    """Take a locked conversation out of the queue and put the wish on its way to the office; gives what to say.

    Raises
    ------
    ConflictError
        The conversation does not wait (`phase_unpassend`).
    """
    row.phase = move(Phase(row.phase), Step.LEAVE_REQUEST)
    await duty.end_wait(session, row.wait_id, "anliegen", now)
    handover = row.handover or {}
    promised = wish.at.astimezone(BERLIN).date() if wish.at is not None else opening.promised
    request = RequestRow(
        id=str(uuid4()),
        conversation_id=row.id,
        kind=wish.kind,
        service=row.service,
        office=row.office,
        created_at=now,
        promised_for=promised,
        body=wish.stored(),
    )
    session.add(request)
    notice: Object = {
        "art": "anliegen",
        "wunsch": wish.kind,
        "service": row.service,
        "topic": cast("str | None", handover.get("topic")),
        "account": row.account,
        "summary": list(handover.get("summary") or []),
        "promised_for": promised.isoformat(),
        **wish.stored(),
    }
    await outbox.put(session, Kind.NOTICE, row.id, request.id, now, notice)
    return Body(_said(wish, promised))


def _said(wish: Wish, promised: date) -> str:
    if wish.at is not None:
        return texts.CALLBACK_NOTED.format(when=moment(wish.at))
    if wish.mail is not None:
        return texts.WRITE_NOTED.format(promised=day(promised))
    return texts.REQUEST_NOTED.format(promised=day(promised))


def day(when: date) -> str:
    """Write a day as people say it."""
    return f"{DAYS[when.weekday()]}, {when.strftime('%d.%m.%Y')}"


def moment(when: datetime) -> str:
    """Write a moment as people say it."""
    local = when.astimezone(BERLIN)
    return f"{day(local.date())}, {local.strftime('%H:%M')} Uhr"
