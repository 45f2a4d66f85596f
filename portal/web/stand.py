"""What a citizen wants to know first: deadlines, open drafts, new post."""

from datetime import date, timedelta
from typing import TypedDict

from portal.context import PortalContext
from portal.services import buendel, entwurf, fristenblatt, postfach, termine
from portal.services.buendel import Buendel
from portal.services.sitzung import SitzungView
from portal.services.views import AppointmentView, DeadlineEntry, DraftView, MessageView

ERLEDIGT_ZEIGEN = timedelta(days=30)
"""How long a deadline that was kept stays in sight."""


class Stand(TypedDict):
    """Values for the template part `mein/_stand.html`."""

    heute: date
    fristen: list[DeadlineEntry]
    termine: list[AppointmentView]
    buendel: list[Buendel]
    entwuerfe: list[DraftView]
    neue_post: list[MessageView]


async def stand_of(context: PortalContext, citizen: SitzungView) -> Stand:
    """Coming appointments; unsettled deadlines soonest first, then those settled lately; unfinished drafts; unread messages."""
    async with context.transaction() as session:
        deadlines = fristenblatt.bald(
            await fristenblatt.liste(context, session, citizen.konto_id), context.today()
        )
        appointments = await termine.liste(context, session, citizen.konto_id, nur_kommende=True)
        bundles = await buendel.liste(context, session, citizen.konto_id)
        drafts = await entwurf.liste(context, session, citizen.konto_id, citizen.vertrauen)
        messages = await postfach.liste(session, citizen.konto_id)
    return {
        "heute": context.today(),
        "fristen": [
            d for d in deadlines if d.settled_at is None or context.clock() - d.settled_at < ERLEDIGT_ZEIGEN
        ],
        "termine": appointments,
        "buendel": bundles,
        "entwuerfe": drafts,
        "neue_post": [m for m in messages if m.read_at is None],
    }
