"""Confirming with the second factor before critical acts; a form that was sent too early waits meanwhile."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain import zugang
from portal.errors import ForbiddenError
from portal.schema.zugang import WartendesFormularRow
from portal.services import sitzung, zweitfaktor
from portal.services.sitzung import SitzungView
from portal.services.views import DraftView
from portal.services.zweitfaktor import Inhaber

FORMULAR_WARTET = timedelta(minutes=15)
SEITE = "/mein/bestaetigen"


class ConfirmationNeededError(ForbiddenError):
    """A critical act needs the second factor first. The caller goes to `url` and comes back; nothing is lost."""

    code = "bestaetigung_noetig"

    def __init__(self, url: str = SEITE) -> None:
        super().__init__(
            "Bitte bestätigen Sie zuerst mit Ihrem zweiten Faktor, dass Sie es sind. Ihre Eingaben bleiben erhalten."
        )
        self.url = url
        self.extra = {"url": url}


@dataclass(frozen=True)
class Formular:
    """A form that waited."""

    id: str
    pfad: str
    felder: Sequence[tuple[str, str]]


def verlangen(context: PortalContext, view: SitzungView, zurueck: str = "/mein") -> None:
    """Raise ConfirmationNeededError unless this session was confirmed a short while ago; for use cases of the chat."""
    if not zugang.bestaetigt(view.bestaetigt_at, context.clock()):
        raise ConfirmationNeededError(f"{SEITE}?zurueck={quote(zurueck, safe='/')}")


def vor_der_abgabe(context: PortalContext, view: SitzungView, draft: DraftView, zurueck: str) -> None:
    """Handing in above „niedrig“ is a critical act: the proof of this login alone is not enough, she confirms this very act.

    Raises
    ------
    ConfirmationNeededError
        It would have full effect, and this session was not confirmed a short while ago. Nothing was handed in.
    """
    if draft.trust_level != "niedrig" and draft.effect_now != "vorbereitung":
        verlangen(context, view, zurueck)


async def mit_code(context: PortalContext, view: SitzungView, code: str) -> None:
    """Confirm with a code. Raises WrongCodeError, TooManyAttemptsError."""
    await zweitfaktor.pruefen(context, Inhaber(konto_id=view.konto_id), code, view.sid)
    async with context.transaction() as session:
        await sitzung.confirm(session, view.sid, context.clock())


async def formular_merken(
    context: PortalContext, sid: str, pfad: str, felder: Sequence[tuple[str, str]]
) -> str:
    """Keep a form until its sender has confirmed; gives the address of the page to do it on."""
    now = context.clock()
    row = WartendesFormularRow(
        id=str(uuid.uuid4()),
        sitzung_id=sid,
        pfad=pfad[:500],
        felder=[[name, value] for name, value in felder],
        laeuft_ab_at=now + FORMULAR_WARTET,
    )
    async with context.transaction() as session:
        await session.execute(
            delete(WartendesFormularRow).where(
                (WartendesFormularRow.sitzung_id == sid) | (WartendesFormularRow.laeuft_ab_at < now)
            )
        )
        session.add(row)
    return f"{SEITE}?formular={row.id}"


async def formular(session: AsyncSession, sid: str, formular_id: str, now: datetime) -> Formular | None:
    """The form of this session that waits, or None."""
    row = await session.scalar(
        select(WartendesFormularRow).where(
            WartendesFormularRow.id == formular_id,
            WartendesFormularRow.sitzung_id == sid,
            WartendesFormularRow.laeuft_ab_at > now,
        )
    )
    return Formular(row.id, row.pfad, [(name, value) for name, value in row.felder]) if row else None


async def wartet(session: AsyncSession, sid: str, now: datetime) -> str | None:
    """The page on which the waiting form of this session goes on, or None."""
    found = await session.scalar(
        select(WartendesFormularRow.id).where(
            WartendesFormularRow.sitzung_id == sid, WartendesFormularRow.laeuft_ab_at > now
        )
    )
    return f"{SEITE}?formular={found}" if found else None


async def formular_fertig(session: AsyncSession, sid: str) -> None:
    """Forget the form of this session."""
    await session.execute(delete(WartendesFormularRow).where(WartendesFormularRow.sitzung_id == sid))
