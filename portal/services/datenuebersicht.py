"""Use cases of what comes unasked: the collected notice of disclosures and looks, and the yearly overview."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.schema.konto import KontoRow
from portal.services import (
    benachrichtigung,
    datenauskunft,
    datenwunsch,
    dokumentfreigabe,
    einwilligung,
    kontoloeschung,
    paket,
    postfach,
    protokoll,
    schluessel,
    stammdaten,
)
from portal.services.datenwunsch import MELDENSWERT
from portal.services.views import DataOverview, LogEntry

JAHR = timedelta(days=365)
ALLE = 5_000
"""Entries of one person that a notice or an overview goes through."""
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


async def hinweise_waehlen(
    context: PortalContext, session: AsyncSession, konto_id: str, hinweise: str
) -> None:
    """Choose how to be told. What waits for the collected notice is told first, so that nothing is lost. Raises InvalidInputError."""
    before = await datenwunsch.laden(session, konto_id)
    await datenwunsch.setzen(session, konto_id, hinweise=hinweise)
    if before.hinweise == "gesammelt" and hinweise == "sofort":
        await _sammeln(context, session, konto_id)


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
        e
        for e in await protokoll.liste(session, konto_id, hoechstens=ALLE, nach=row.gesammelt_bis)
        if e.kind in MELDENSWERT
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
    """Send the yearly overview to every account for which a year has passed, also where nothing was ever logged; gives how many were sent."""
    due_before = context.clock() - JAHR
    async with context.transaction() as session:
        rows = await session.scalars(
            select(KontoRow.id).where(
                KontoRow.angelegt_at <= due_before, KontoRow.passwort_hash != kontoloeschung.OHNE_ZUGANG
            )
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


BESTAND = {
    "stammdaten": "Stammdaten",
    "haushalt": "Personen im Haushalt",
    "unterlagen": "Unterlagen",
    "entwuerfe": "Anträge, auch Entwürfe",
    "vorgaenge": "abgegebene Vorgänge",
    "bescheide": "Bescheide",
    "gebuehren_und_zahlungen": "Gebühren und Zahlungen",
    "termine": "Termine",
    "vertretungen_und_vollmachten": "Vertretungen und Vollmachten",
    "vereinbarungen": "gemeinsame Dokumente",
    "rueckfragen": "Rückfragen der Stellen",
    "anliegen": "Anliegen",
    "einwilligungen": "Einwilligungen",
    "nachrichten": "Nachrichten im Postfach",
    "protokoll": "Einträge im Protokoll",
}
"""Part of `datenauskunft` → what the yearly overview calls it."""


async def _bestand(context: PortalContext, session: AsyncSession, konto_id: str) -> list[str]:
    """One line for each kind of data that lies here: how many; of master data, which."""
    found = await datenauskunft.sammeln(context, session, konto_id, None)
    lines = []
    for part, label in BESTAND.items():
        if entries := found[part]:
            which = f" ({', '.join(e['angabe'] for e in entries)})" if part == "stammdaten" else ""
            lines.append(f"• {label}: {len(entries)}{which}")
    return [*(lines or ["• nur Ihr Konto"]), "• Gespräche mit dem Assistenten zeigt die Seite „Meine Daten“."]


async def _jahresuebersicht(context: PortalContext, session: AsyncSession, konto_id: str) -> None:
    since = context.clock() - JAHR
    entries = [e for e in await protokoll.liste(session, konto_id, hoechstens=ALLE) if e.at >= since]
    told = [(e.office or e.actor_label, e) for e in entries if e.kind in MELDENSWERT]
    sent = Counter(who for who, e in told if e.kind != "einsicht")
    looks = Counter(who for who, e in told if e.kind == "einsicht")
    lines = ["Diese Daten liegen hier:", ""]
    lines += await _bestand(context, session, konto_id)
    lines += ["", "Das geschah im letzten Jahr mit Ihren Daten:", ""]
    for who in sorted({*sent, *looks}):
        fields = dict.fromkeys(field for one, e in told if one == who for field in e.fields)
        lines.append(
            f"• {who}: {sent[who]}-mal bekommen, {looks[who]}-mal angesehen: {', '.join(fields) or 'keine einzelnen Felder'}"
        )
    if not told:
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
