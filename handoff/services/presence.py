"""Who is on duty: consoles that are connected, breaks, capacity."""

from datetime import date, datetime, timedelta

from handoff.context import HandoffContext
from handoff.domain.message import BERLIN, Object
from handoff.domain.people import Staff
from handoff.errors import InvalidInputError
from handoff.schema.routing import ClerkRow
from handoff.storage import conversations, duty

CAPACITY_MAX = 20
STATES = (duty.HERE, duty.BREAK, duty.AWAY)


async def connected(context: HandoffContext, staff: Staff) -> None:
    """A console has connected: its clerk is here, unless on a break."""
    async with context.database.write() as session:
        await duty.appear(session, staff, _today(context), _until(context), back=True)
    context.hub.queue_changed()


async def beat(context: HandoffContext, staff: Staff) -> Object:
    """A console is still there: renew the presence and the leases of its chats."""
    until = _until(context)
    async with context.database.write() as session:
        await duty.appear(session, staff, _today(context), until, back=False)
        await conversations.renew_leases(session, staff.id, until)
        row = await duty.clerk(session, staff.id)
        shape = _shape(row) if row is not None else {}
    return {"lease_until": until.astimezone(BERLIN).isoformat(timespec="seconds"), **shape}


async def change(
    context: HandoffContext, staff: Staff, *, presence: str | None = None, capacity: int | None = None
) -> Object:
    """Go on a break, come back, leave, or take more or fewer chats at a time. Chats at hand stay.

    Raises
    ------
    InvalidInputError
        An unknown state, or a capacity that is not 1 to 20.
    """
    if presence is not None and presence not in STATES:
        raise InvalidInputError("Möglich sind: da, pause, weg.", field="presence")
    if capacity is not None and not 1 <= capacity <= CAPACITY_MAX:
        raise InvalidInputError(f"Bitte geben Sie eine Zahl von 1 bis {CAPACITY_MAX} an.", field="capacity")
    async with context.database.write() as session:
        await duty.appear(session, staff, _today(context), _until(context), back=False)
        row = await duty.clerk(session, staff.id)
        if row is None:
            raise LookupError("the clerk has just been written")
        row.presence = presence or row.presence
        row.capacity = capacity or row.capacity
        shape = _shape(row)
    context.hub.queue_changed()
    return shape


async def equip(
    context: HandoffContext,
    staff_id: str,
    *,
    languages: list[str] | None = None,
    skills: list[str] | None = None,
) -> None:
    """Say what a clerk speaks and has learnt; for the team lead. Unknown until her first login: nothing happens."""
    async with context.database.write() as session:
        row = await duty.clerk(session, staff_id)
        if row is not None:
            row.languages = languages if languages is not None else row.languages
            row.skills = skills if skills is not None else row.skills
    context.hub.queue_changed()


def _shape(row: ClerkRow) -> Object:
    return {
        "presence": row.presence,
        "capacity": row.capacity,
        "languages": list(row.languages),
        "skills": list(row.skills),
    }


def _until(context: HandoffContext) -> datetime:
    return context.clock() + timedelta(seconds=context.settings.lease_s)


def _today(context: HandoffContext) -> date:
    return context.clock().astimezone(BERLIN).date()
