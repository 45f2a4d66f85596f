"""Switching off a service, a topic or the assistant. The database is asked at each turn, so it holds at once in every process."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from handoff.context import HandoffContext
from handoff.domain import switches as rules
from handoff.domain.limits import clean_text
from handoff.domain.message import Answer, Body, Handover, Object, Turn
from handoff.domain.people import Staff
from handoff.domain.switches import Kind, Switch
from handoff.errors import ConflictError, HandoffError, InvalidInputError
from handoff.schema.lead import SwitchRow
from handoff.services import texts
from handoff.storage import lead as store

NOTICE_MAX_CHARS = 500
TITLE_MAX_CHARS = 120
FROM_GATEWAY = frozenset({"/back_to_bot", "/handed_back", "/logged_in", "/identity_proved", "/draft_changed"})
"""What the gateway itself tells the assistant: no reason to call a human."""
HUMAN: Object = {"title": texts.HUMAN_TITLE, "payload": "/human"}
GO_ON: Object = {"title": texts.GO_ON_TITLE, "payload": "/back_to_bot"}
"""The assistant loads the application again and asks the same question."""


async def switch_off(
    context: HandoffContext, staff: Staff, kind: Kind, services: Mapping[str, str], title: str, notice: str
) -> str:
    """Switch something off; gives the switch's id.

    Parameters
    ----------
    services
        Names of services by their id; none for the assistant.
    title
        What a topic is called; a service keeps its own name.

    Raises
    ------
    InvalidInputError
        The notice is missing or too long, or services or title do not fit the kind.
    ConflictError
        It is off already (`schon_abgeschaltet`).
    """
    notice = clean_text(notice)
    if len(notice) > NOTICE_MAX_CHARS:
        raise InvalidInputError(f"Der Hinweis ist länger als {NOTICE_MAX_CHARS} Zeichen.", field="notice")
    title = _title(kind, services, title.strip())
    now = context.clock()
    async with context.database.write() as session:
        for one in await store.switches(session):
            same = one.kind is kind and (one.services == frozenset(services) or kind is Kind.ASSISTANT)
            if same:
                raise ConflictError(
                    "Das ist schon abgeschaltet. Es wurde nichts geändert.", code="schon_abgeschaltet"
                )
        row = SwitchRow(
            id=str(uuid4()),
            kind=kind.value,
            title=title,
            services=sorted(services),
            notice=notice,
            at=now,
            by=staff.login or staff.function,
        )
        session.add(row)
        store.log_change(session, staff, None, f"Abgeschaltet: {title}. Hinweis: {notice}", now)
    context.hub.queue_changed()  # who waits sees whether there is a way back to the assistant
    return row.id


def _title(kind: Kind, services: Mapping[str, str], title: str) -> str:
    if kind is Kind.ASSISTANT:
        if services:
            raise InvalidInputError("Der Assistent ist keine Leistung.", field="services")
        return "Assistent"
    if not services:
        raise InvalidInputError("Bitte wählen Sie mindestens eine Leistung aus.", field="services")
    if kind is Kind.SERVICE:
        if len(services) > 1:
            raise InvalidInputError("Mehrere Leistungen sind ein Thema.", field="services")
        return next(iter(services.values()))
    if not 0 < len(title) <= TITLE_MAX_CHARS:
        raise InvalidInputError(
            f"Bitte geben Sie dem Thema einen Namen mit höchstens {TITLE_MAX_CHARS} Zeichen.", field="title"
        )
    return title


async def switch_on(context: HandoffContext, staff: Staff, switch_id: str) -> None:
    """Let it work again.

    Raises
    ------
    ConflictError
        It is on already, or unknown (`schon_eingeschaltet`).
    """
    now = context.clock()
    async with context.database.write() as session:
        row = await session.get(SwitchRow, switch_id, with_for_update=True)
        if row is None or row.ended_at is not None:
            raise ConflictError("Das ist schon wieder eingeschaltet.", code="schon_eingeschaltet")
        row.ended_at, row.ended_by = now, staff.login or staff.function
        store.log_change(session, staff, None, f"Wieder eingeschaltet: {row.title}.", now)
    context.hub.queue_changed()


async def assistant_off(context: HandoffContext) -> Switch | None:
    """Give the switch of the whole assistant, if it is off."""
    async with context.database.read() as session:
        return rules.assistant(await store.switches(session))


async def check_assistant_on(context: HandoffContext) -> None:
    """Raise ConflictError `assistent_aus` while the assistant is off."""
    if (switch := await assistant_off(context)) is not None:
        raise ConflictError(
            f"{switch.notice} Der Assistent ist gerade abgeschaltet; das Gespräch bleibt, wo es ist.",
            code="assistent_aus",
        )


async def ask(context: HandoffContext, turn: Turn) -> Answer:
    """Let the assistant answer a turn, unless what it is about is off; then the notice answers.

    Raises
    ------
    EngineDownError, EngineFaultError
    """
    if not await store.anything_off(context.database):
        return await context.bot.turn(turn)
    async with context.database.read() as session:
        switches = await store.switches(session)
    if (off := rules.assistant(switches)) is not None:
        return _without_assistant(turn, off)
    named = rules.service_in(turn.payload)
    if named is None and rules.carries_on(turn.payload):
        with suppress(HandoffError):
            named = await _current_service(context, turn.conversation_id)
    if (off := rules.of_service(switches, named)) is not None:
        return Answer([service_notice(off)], None)
    return await _checked(context, turn, await context.bot.turn(turn), switches)


async def _checked(context: HandoffContext, turn: Turn, answer: Answer, switches: Sequence[Switch]) -> Answer:
    current = None
    if rules.flows(answer.replies):
        try:
            current = await _current_service(context, turn.conversation_id)
        except HandoffError:  # it may be the one that is off
            return Answer([Body(texts.FORM_RESTS, [GO_ON, HUMAN])], answer.handover)
    off = rules.about(answer.replies, switches, current)
    if off is not None:
        return Answer([service_notice(off)], answer.handover)
    return replace(answer, replies=[rules.without(body, switches) for body in answer.replies])


def _without_assistant(turn: Turn, off: Switch) -> Answer:
    """The notice, and a human; what the gateway says by itself calls nobody."""
    if turn.payload in FROM_GATEWAY:
        return Answer([assistant_notice(off)], None)
    said = [] if turn.payload == HUMAN["payload"] else [Body(assistant_notice(off).text)]
    return Answer(said, Handover("stoerung", None, ["Der Assistent ist abgeschaltet."]))


def assistant_notice(off: Switch) -> Body:
    """What citizens read while the assistant is off."""
    return Body(texts.ASSISTANT_OFF.format(notice=off.notice), [HUMAN])


def service_notice(off: Switch) -> Body:
    """What citizens read instead of a service that is off."""
    return Body(texts.SERVICE_OFF.format(title=off.title, notice=off.notice), [HUMAN])


async def _current_service(context: HandoffContext, conversation_id: str) -> str | None:
    draft = await context.portal.current_draft(conversation_id)
    return None if draft is None else str(draft["service"])
