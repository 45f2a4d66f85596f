"""After the chat: how it was, asked once; the conversation into the postbox; what the assistant may learn from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.anschrift import hide
from handoff.domain.depersonalise import depersonalise
from handoff.domain.hours import BERLIN
from handoff.domain.limits import check_payload
from handoff.domain.message import Body, Object
from handoff.domain.offers import Json
from handoff.errors import ConflictError, HandoffError, InvalidInputError
from handoff.schema.lead import ExampleRow, MarkRow, RatingRow
from handoff.schema.routing import WaitRow
from handoff.schema.tables import ConversationRow
from handoff.services import texts
from handoff.services.transcript import transcript
from handoff.storage import conversations, lead, log, outbox
from handoff.storage.outbox import Kind

PAYLOAD = "/feedback"
ASKED, ANSWERED, SKIPPED = "gefragt", "beantwortet", "uebersprungen"
TEXT_MAX_CHARS = 1000
TRANSCRIPT = "verlauf"
"""The notice's `art`."""
TRANSCRIPT_MAX_CHARS = 100_000
OPEN = "offen"


@dataclass(frozen=True)
class Feedback:
    """What a citizen answered."""

    score: int | None
    text: str
    learn: bool
    transcript: bool

    @property
    def nothing(self) -> bool:
        """Whether she skipped it."""
        return self.score is None and not self.learn and not self.transcript


async def card(session: AsyncSession, row: ConversationRow) -> Object | None:
    """Give the card that asks, once for each conversation in which the citizen said something; notes that she was asked."""
    if row.feedback is not None or not await log.count_from_citizen(session, row.id, 0):
        return None
    row.feedback = ASKED
    return {
        "type": "feedback",
        "payload": PAYLOAD,
        "transcript": row.account is not None,
        "learn": dict(texts.LEARN_CONSENT) if await lead.marks(session, row.id) else None,
    }


def read(values: Mapping[str, Json] | None) -> Feedback:
    """Read an answer.

    Raises
    ------
    InvalidInputError
        The score is not 1 to 5, the text is too long or stands alone; names the field.
    """
    given = dict(values or {})
    score = given.get("score")
    if score is not None and str(score) not in ("1", "2", "3", "4", "5"):
        raise InvalidInputError("Bitte wählen Sie eine Zahl von 1 bis 5.", field="score")
    text = str(given.get("text") or "").strip()
    if len(text) > TEXT_MAX_CHARS:
        raise InvalidInputError(
            f"Ihr Text ist länger als {TEXT_MAX_CHARS} Zeichen. Bitte kürzen Sie ihn; es wurde nichts gespeichert.",
            field="text",
        )
    if text and score is None:
        raise InvalidInputError("Bitte wählen Sie zu Ihrem Text auch eine Zahl von 1 bis 5.", field="score")
    chosen = (
        None if score is None else int(str(score)),
        text,
        _yes(given, "learn"),
        _yes(given, "transcript"),
    )
    return Feedback(*chosen)


def _yes(given: Mapping[str, Json], name: str) -> bool:
    return given.get(name) in (True, "ja")


async def answer(
    context: HandoffContext, conversation_id: str, client_id: str, values: Mapping[str, Json] | None
) -> int:
    """Take the answer; gives the number of the message that notes in the log that there was one, not which.

    Raises
    ------
    InvalidInputError
    ConflictError
        She has answered already (`rueckmeldung_erledigt`).
    """
    check_payload(PAYLOAD, values)
    said = read(values)
    handled = await _handled(context, conversation_id) if said.learn else None
    now = context.clock()
    async with context.database.write() as session:
        row = await conversations.lock(session, conversation_id)
        if row.feedback != ASKED:
            raise ConflictError(
                "Sie haben dazu schon geantwortet. Es wurde nichts geändert.", code="rueckmeldung_erledigt"
            )
        row.feedback = SKIPPED if said.nothing else ANSWERED
        title = texts.FEEDBACK_SKIPPED if said.nothing else texts.FEEDBACK_SENT
        seq = await log.append(
            session, row, message_id=str(uuid4()), author=log.CITIZEN, body=Body(title), at=now, client_id=client_id
        )  # fmt: skip
        if said.score is not None:
            session.add(await _rating(context, session, row, said))
        if said.learn:
            await _examples(context, session, row, handled)
        await session.execute(delete(MarkRow).where(MarkRow.conversation_id == row.id))
        filed = said.transcript and row.account is not None
        if filed:
            await _send_transcript(context, session, row)
        thanks = _thanks(said, filed=filed)
        await log.append(
            session, row, message_id=str(uuid4()), author=log.SYSTEM, body=Body(thanks), at=context.clock()
        )
    context.hub.messages_changed(conversation_id)
    context.hub.state_changed(conversation_id)
    return seq


def _thanks(said: Feedback, *, filed: bool) -> str:
    parts = [texts.FEEDBACK_NOTHING if said.nothing else texts.FEEDBACK_THANKS]
    if said.score is not None:
        parts.append(texts.FEEDBACK_SCORE)
    if said.learn:
        parts.append(texts.FEEDBACK_LEARN)
    if filed:
        parts.append(texts.FEEDBACK_TRANSCRIPT)
    return "".join([*parts, texts.FEEDBACK_END])


async def _rating(
    context: HandoffContext, session: AsyncSession, row: ConversationRow, said: Feedback
) -> RatingRow:
    """The answer without the conversation: only the full hour, and the team if a human took part."""
    wait = await session.get(WaitRow, row.wait_id) if row.wait_id is not None else None
    team = wait.team if wait is not None else None
    now = context.clock()
    text = depersonalise(said.text, now.astimezone(BERLIN).date()) if said.text else None
    return RatingRow(
        id=str(uuid4()),
        hour=now.replace(minute=0, second=0, microsecond=0),
        office=team,
        human=team is not None,
        score=said.score,
        text=text,
    )


async def _handled(context: HandoffContext, conversation_id: str) -> str | None:
    """Name the service that was handled: of the application, else the one for which the human was called."""
    async with context.database.read() as session:
        row = await conversations.find(session, conversation_id)
    try:
        draft = await context.portal.current_draft(conversation_id)
        if draft is not None:
            return str(draft["name"])
        service = row.service if row is not None else None
        entry = await context.portal.service(conversation_id, service) if service else None
    except HandoffError:
        return None
    return None if entry is None else str(entry["name"])


async def _examples(
    context: HandoffContext, session: AsyncSession, row: ConversationRow, handled: str | None
) -> None:
    """Turn the clerks' marks into examples that wait for review; personal data is removed before anything is stored."""
    now = context.clock()
    today = now.astimezone(BERLIN).date()
    messages = {one.seq: one for one in await log.after(session, row, 0)}
    for mark in await lead.marks(session, row.id):
        before = [one for one in messages.values() if one.author == log.CITIZEN and one.seq < mark.seq]
        marked = messages.get(mark.seq)
        if not before or marked is None:
            continue
        body: Object = {
            "text": depersonalise(before[-1].body.text, today),
            "answer": depersonalise(marked.body.text, today),
            "wanted": depersonalise(mark.wanted, today) if mark.wanted else "",
            "handled": handled,
            "consent": texts.LEARN_CONSENT["text_version"],
        }
        session.add(
            ExampleRow(
                id=str(uuid4()),
                hour=now.replace(minute=0, second=0, microsecond=0),
                verdict=mark.verdict,
                body=body,
                status=OPEN,
            )
        )


async def _send_transcript(context: HandoffContext, session: AsyncSession, row: ConversationRow) -> None:
    """Put the conversation on its way into the postbox, as its citizen reads it: numbers masked, a protected address hidden."""
    now = context.clock()
    messages = await log.after(session, row, 0)
    shown = messages if row.address_locked is False else hide(messages)
    text = transcript([one.public() for one in shown], context.settings.origin, now)
    if len(text) > TRANSCRIPT_MAX_CHARS:
        text = text[: TRANSCRIPT_MAX_CHARS - 1] + "…"
    notice: Object = {
        "art": TRANSCRIPT,
        "account": row.account,
        "day": row.created_at.astimezone(BERLIN).date().isoformat(),
        "text": text,
    }
    await outbox.put(session, Kind.NOTICE, row.id, str(uuid4()), now, notice)
