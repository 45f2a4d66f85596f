"""Use cases of deadlines: they follow the draft's answers and stand on the citizen's start page."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain import antragsentwurf as regeln
from portal.schema.frist import FristZeile
from portal.services import katalog
from portal.services.ansicht import Sicht
from portal.services.views import DeadlineEntry


async def nachfuehren(context: PortalContext, session: AsyncSession, view: Sicht) -> None:
    """Bring the stored deadline of a draft in line with its answers; a draft given up has none."""
    row = await session.get(FristZeile, view.zeile.id)
    there = view.empfaenger
    deadline = katalog.frist(there.leistung, view.lage.heute, view.werte(), ags=there.ags)
    first_day = regeln.zu_frueh(view.lage)
    end = date.fromisoformat(deadline.date) if deadline and deadline.date else None
    if view.zeile.status == "verworfen" or (end is None and first_day is None):
        if row is not None:
            await session.delete(row)
        return
    if row is None:
        row = FristZeile(
            entwurf_id=view.zeile.id,
            konto_id=view.zeile.konto_id,
            leistung=view.leistung.id,
            leistung_name=view.leistung.name,
            erledigt_utc=None,
        )
        session.add(row)
    row.ende, row.ab = end, first_day
    row.gezaehlt_ab = katalog.frist_ereignis(there.leistung, view.lage.heute, view.werte())
    row.text = deadline.text if deadline else "Erst ab diesem Tag möglich"
    row.recht = deadline.law if deadline else ", ".join(view.leistung.rechtsgrundlage)[:200]
    row.marke = deadline.mark if deadline else "geprueft"
    await session.flush()


async def erledigen(context: PortalContext, session: AsyncSession, entwurf_id: str) -> None:
    """Note that the deadline was kept: the case is with the office."""
    row = await session.get(FristZeile, entwurf_id)
    if row is not None:
        row.erledigt_utc = context.clock()


async def wieder_offen(session: AsyncSession, entwurf_id: str) -> None:
    """Note that the deadline runs again: the case was stopped before it arrived."""
    row = await session.get(FristZeile, entwurf_id)
    if row is not None:
        row.erledigt_utc = None


async def liste(session: AsyncSession, konto_id: str) -> list[DeadlineEntry]:
    """The deadlines of her drafts and cases; all others join them in `fristenblatt`."""
    rows = await session.scalars(select(FristZeile).where(FristZeile.konto_id == konto_id))
    entries = [
        DeadlineEntry(
            key=f"entwurf:{r.entwurf_id}",
            kind="antrag",
            url=f"/mein/antraege/{r.entwurf_id}",
            draft_id=r.entwurf_id,
            reasons=[
                *(
                    [
                        f"Gezählt ab {r.gezaehlt_ab.day:02}.{r.gezaehlt_ab.month:02}.{r.gezaehlt_ab.year}, weil: {r.text} ({r.recht})."
                    ]
                    if r.gezaehlt_ab
                    else [f"{r.text} ({r.recht})."]
                ),
                *(
                    [
                        "Fiele der letzte Tag auf einen Samstag, Sonntag oder Feiertag, endete die Frist am nächsten Werktag (§ 193 BGB)."
                    ]
                    if r.gezaehlt_ab
                    else []
                ),
            ],
            service=r.leistung,
            name=r.leistung_name,
            end=r.ende,
            possible_from=r.ab,
            text=r.text,
            law=r.recht,
            mark=r.marke,
            settled_at=r.erledigt_utc,
        )
        for r in rows
    ]
    return sorted(entries, key=lambda e: (e.settled_at is not None, e.end or date.max, e.name))
