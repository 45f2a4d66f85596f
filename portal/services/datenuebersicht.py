"""Use cases of what comes unasked: the collected notice of disclosures and looks, and the yearly overview."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.schema.schluessel import SchluesselZeile
from portal.services import (
    benachrichtigung,
    datenwunsch,
    dokumentfreigabe,
    einwilligung,
    paket,
    postfach,
    protokoll,
    schluessel,
    stammdaten,
)
from portal.services.datenwunsch import MELDENSWERT
from portal.services.views import DataOverview, LogEntry

JAHR = timedelta(days=365)
ZEILEN_HOECHSTENS = 20
"""Lines of one notice; the rest is counted and stands in the log."""


def _zeile(entry: LogEntry) -> str:
    what = "angesehen" if entry.kind == "einsicht" else "bekommen"
    who = ", ".join(filter(None, (entry.actor_label if entry.kind == "einsicht" else "", entry.office)))
    return f"• {paket.deutscher_moment(entry.at)}: {who} hat {what}: {', '.join(entry.fields) or 'keine einzelnen Felder'}. {entry.purpose}"


async def kurz(context: PortalContext, session: AsyncSession, konto_id: str) -> DataOverview:
    """What the chat says of a citizen's data: names of fields, counts, and the last that happened."""
    known = await stammdaten.load(session, konto_id)
    documents = await dokumentfreigabe.unterlagenliste(context, session, konto_id)
    consents = await einwilligung.liste(context, session, konto_id)
    entries = [e for e in await protokoll.liste(session, konto_id) if e.kind in MELDENSWERT]
    return DataOverview(
        fields=[stammdaten.FELDER[feld] for feld in known],
        documents=len(documents),
        consents=sum(c.state in ("gueltig", "unterwegs") for c in consents),
        recent=[_zeile(entry).removeprefix("• ") for entry in entries[:3]],
    )


async def sammelhinweise(context: PortalContext) -> int:
    """Send everybody the collected notice who has new entries; gives how many notices were sent.

    Each person has a transaction of her own, so that what was sent is noted even if a later one fails.
    """
    async with context.transaction() as session:
        accounts = [konto_id for konto_id, _ in await schluessel.konten(session)]
    sent = 0
    for konto_id in accounts:
        async with context.transaction() as session:
            sent += await _sammeln(context, session, konto_id)
    return sent


async def _sammeln(context: PortalContext, session: AsyncSession, konto_id: str) -> bool:
    row = await datenwunsch.zeile(session, konto_id)
    entries = [
        e for e in await protokoll.liste(session, konto_id, nach=row.gesammelt_bis) if e.kind in MELDENSWERT
    ]
    if not entries:
        return False
    row.gesammelt_bis = entries[0].number
    lines = [_zeile(entry) for entry in entries[:ZEILEN_HOECHSTENS]]
    if len(entries) > ZEILEN_HOECHSTENS:
        lines.append(f"• und {len(entries) - ZEILEN_HOECHSTENS} weitere Einträge im Protokoll")
    postfach.schreiben(
        context,
        session,
        konto_id,
        art="datenhinweis",
        absender="Amtslotse, Ihr Datenschutz-Protokoll",
        betreff=f"{len(entries)} neue Einträge zu Ihren Daten"
        if len(entries) > 1
        else "Ein neuer Eintrag zu Ihren Daten",
        text="Seit dem letzten Hinweis haben Stellen Daten von Ihnen bekommen oder angesehen:\n\n"
        + "\n".join(lines)
        + "\n\nAlles Weitere steht unter „Meine Daten“. Dort stellen Sie auch ein, ob Sie Hinweise sofort oder gesammelt bekommen.",
    )
    await benachrichtigung.anstossen(
        session, konto_id, "datenzugriff", jetzt=context.clock(), verweis="/mein/daten"
    )
    return True


async def jahresuebersichten(context: PortalContext) -> int:
    """Send the yearly overview to everybody for whom a year has passed; gives how many were sent."""
    due_before = context.clock() - JAHR
    async with context.transaction() as session:
        rows = await session.scalars(
            select(SchluesselZeile.konto_id).where(SchluesselZeile.angelegt_utc <= due_before)
        )
        accounts = list(rows)
    sent = 0
    for konto_id in accounts:
        async with context.transaction() as session:
            row = await datenwunsch.zeile(session, konto_id)
            if row.uebersicht_utc is not None and row.uebersicht_utc > due_before:
                continue
            row.uebersicht_utc = context.clock()
            await _jahresuebersicht(context, session, konto_id)
            sent += 1
    return sent


async def _jahresuebersicht(context: PortalContext, session: AsyncSession, konto_id: str) -> None:
    since = context.clock() - JAHR
    entries = [e for e in await protokoll.liste(session, konto_id, hoechstens=5000) if e.at >= since]
    sent = Counter(e.office for e in entries if e.kind == "uebermittlung")
    looks = Counter(e.office for e in entries if e.kind == "einsicht")
    lines = ["Das geschah im letzten Jahr mit Ihren Daten:", ""]
    for office in sorted({*sent, *looks}):
        lines.append(f"• {office}: {sent[office]}-mal bekommen, {looks[office]}-mal angesehen")
    if not sent and not looks:
        lines.append("• Keine Stelle hat über dieses Portal Daten von Ihnen bekommen oder angesehen.")
    lines += [
        "",
        "Unter „Meine Daten“ sehen Sie jeden einzelnen Eintrag. Dort widerrufen Sie Einwilligungen, laden alles herunter oder löschen es.",
    ]
    postfach.schreiben(
        context,
        session,
        konto_id,
        art="datenhinweis",
        absender="Amtslotse, Ihr Datenschutz-Protokoll",
        betreff="Ihre Daten: Übersicht über das letzte Jahr",
        text="\n".join(lines),
    )
    await benachrichtigung.anstossen(
        session, konto_id, "jahresuebersicht", jetzt=context.clock(), verweis="/mein/postfach"
    )
