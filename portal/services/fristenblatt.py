"""All deadlines of a citizen in one list, soonest first, each with its reasons; reminders of them."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import BERLIN, PortalContext
from portal.domain import unterlagen
from portal.domain.bekanntgabe import REGELN
from portal.domain.rechtsbehelf import WEGE, Weg, untaetigkeit_ab
from portal.schema.bescheid import BescheidZeile, RueckfrageZeile
from portal.schema.dokument import DokumentZeile
from portal.schema.erinnerung import ErinnerungZeile
from portal.schema.frist import FristZeile
from portal.schema.stammdaten import StammdatumRow
from portal.schema.termin import TerminZeile
from portal.schema.vorgang import VorgangZeile
from portal.schema.zahlung import GebuehrZeile
from portal.services import (
    benachrichtigung,
    bescheid,
    fristen,
    gebuehr,
    komforteinwilligung,
    rechtsweg,
    rueckfrage,
    stammdaten,
    termine,
    vorgang,
)
from portal.services.views import DeadlineEntry

AUSWEISE = {
    "personalausweis": "personalausweis",
    "eid-karte": "personalausweis",
    "reisepass": "reisepass",
    "elektronischer aufenthaltstitel": "aufenthaltserlaubnis",
}
"""Kind of identity document, folded → service by which a new one is asked for."""
VORSCHAU_DOKUMENT = timedelta(days=365)
"""How long before a document's end it stands on the start page."""
NACHHOLEN_TAGE = 2
"""So many days late a reminder still goes out, when the portal was away."""


async def liste(context: PortalContext, session: AsyncSession, konto_id: str) -> list[DeadlineEntry]:
    """Her deadlines: the unsettled first, each group by its next day."""
    found = [
        *await fristen.liste(session, konto_id),
        *await _dokumente(context, session, konto_id),
        *await _vorgaenge(context, session, konto_id),
        *await _bescheide(context, session, konto_id),
        *await _rueckfragen(context, session, konto_id),
        *await _gebuehren(context, session, konto_id),
    ]
    return sorted(
        found, key=lambda e: (e.settled_at is not None, e.end or e.possible_from or date.max, e.name)
    )


def bald(entries: list[DeadlineEntry], heute: date) -> list[DeadlineEntry]:
    """What belongs on the start page: everything but documents that are valid for long."""
    return [e for e in entries if e.kind != "dokument" or (e.end and e.end - heute <= VORSCHAU_DOKUMENT)]


async def _dokumente(context: PortalContext, session: AsyncSession, konto_id: str) -> list[DeadlineEntry]:
    known = await stammdaten.load(session, konto_id)
    card = known.get("ausweis_gueltig_bis")
    uploads = await session.scalars(
        select(DokumentZeile).where(
            DokumentZeile.konto_id == konto_id,
            DokumentZeile.entwurf_id.is_(None),
            DokumentZeile.gueltig_bis.is_not(None),
        )
    )
    found = [
        _unterlage(one.id, one.art or "", one.gueltig_bis)
        for one in uploads
        if one.gueltig_bis is not None
        and not (one.art == "ausweis" and card is not None and card.wert == one.gueltig_bis.isoformat())
    ]
    return found if card is None else [_ausweis(context, card, known.get("ausweisart")), *found]


def _ausweis(
    context: PortalContext, end: stammdaten.Stammdatum, kind: stammdaten.Stammdatum | None
) -> DeadlineEntry:
    service = context.katalog.leistungen.get(AUSWEISE.get(kind.wert.casefold(), "")) if kind else None
    reasons = [
        f"Gültig bis laut Stammdaten ({end.quelle_label}, Stand {end.stand.day:02}.{end.stand.month:02}.{end.stand.year})."
    ]
    if kind is None:
        reasons.append(
            "Welcher Ausweis es ist, steht nicht in Ihren Stammdaten. Tragen Sie dort die Art des Ausweises ein; dann nennen wir die "
            "passende Leistung."
        )
    elif service is not None and service.dauer:
        reasons.append(f"Ein neues Dokument braucht Zeit: {service.dauer.text}.")
    else:
        reasons.append("Beantragen Sie das neue rechtzeitig.")
    return DeadlineEntry(
        key="dokument:ausweis",
        kind="dokument",
        url=f"/leistungen/{service.id}" if service else "/mein/daten",
        service=service.id if service else "",
        name=f"{kind.wert if kind else 'Ausweis'} erneuern",
        end=date.fromisoformat(end.wert),
        possible_from=None,
        text="Gültigkeit des Dokuments",
        law=", ".join(service.rechtsgrundlage)[:200] if service else "",
        mark="geprueft",
        settled_at=None,
        reasons=reasons,
    )


def _unterlage(id: str, art: str, end: date) -> DeadlineEntry:
    kind = unterlagen.ARTEN.get(art)
    return DeadlineEntry(
        key=f"dokument:{id}",
        kind="dokument",
        url="/mein/dokumente",
        service="",
        name=f"Läuft ab: {kind.label if kind else 'Unterlage'}",
        end=end,
        possible_from=None,
        text="Gültigkeit Ihrer Unterlage",
        law="",
        mark="geprueft",
        settled_at=None,
        reasons=[
            "Den Tag haben Sie beim Hochladen angegeben. Danach taugt die Unterlage nicht mehr als Nachweis."
        ],
    )


async def _vorgaenge(context: PortalContext, session: AsyncSession, konto_id: str) -> list[DeadlineEntry]:
    """Since when an office has not decided, and when that may be brought to the court."""
    rows = await session.scalars(
        select(VorgangZeile).where(
            VorgangZeile.konto_id == konto_id,
            VorgangZeile.wirkung == "antrag",
            VorgangZeile.status.not_in(vorgang.ENDE),
            VorgangZeile.id.not_in(
                select(BescheidZeile.vorgang_id).where(BescheidZeile.vorgang_id.is_not(None))
            ),
        )
    )
    return [
        _untaetig(row, Weg(service.rechtsbehelf.weg))
        for row in rows
        if (service := context.katalog.leistungen.get(row.leistung)) and service.rechtsbehelf.weg != "kein"
    ]


def _untaetig(row: VorgangZeile, weg: Weg) -> DeadlineEntry:
    filed = row.eingegangen_utc.astimezone(BERLIN).date()
    possible_from = untaetigkeit_ab(filed, weg)
    court = WEGE[weg].gericht or WEGE[weg].adressat
    name = court.name if court else "Gericht"
    arrived = f"Ihr Antrag ging am {filed.day:02}.{filed.month:02}.{filed.year} ein."
    if possible_from is None:
        reason = (
            f"{arrived} Auch das {name} kann helfen, wenn eine Stelle ohne Grund nicht entscheidet. Ab wann, ist hier nicht hinterlegt; "
            "fragen Sie zuerst bei der Stelle nach, dann beim Gericht oder einer Beratungsstelle."
        )
    else:
        reason = (
            f"{arrived} Entscheidet die Stelle ohne Grund drei Monate lang nicht, kann das {name} helfen (§ 75 VwGO). "
            "Fragen Sie vorher bei der Stelle nach."
        )
    return DeadlineEntry(
        key=f"vorgang:{row.id}",
        kind="vorgang",
        url=f"/mein/vorgaenge/{row.id}",
        service=row.leistung,
        name=f"Noch keine Entscheidung: {row.leistung_name}",
        end=None,
        possible_from=possible_from,
        text="Ab dann kommt eine Untätigkeitsklage in Betracht"
        if possible_from
        else "Wie lange die Stelle brauchen darf, bitte dort erfragen",
        law="§ 75 VwGO" if possible_from else "",
        mark="geprueft" if possible_from else "stand_pruefen",
        settled_at=None,
        reasons=[reason],
    )


async def _bescheide(context: PortalContext, session: AsyncSession, konto_id: str) -> list[DeadlineEntry]:
    return [
        entry
        for one in await bescheid.liste(context, session, konto_id)
        for entry in _bescheidfristen(context, one)
    ]


def _bescheidfristen(context: PortalContext, one: bescheid.Bescheid) -> Iterator[DeadlineEntry]:
    if one.abrufen_bis is not None:
        yield DeadlineEntry(
            key=f"abruf:{one.id}",
            kind="abruf",
            url=bescheid.pfad(one.id),
            service=one.leistung,
            name=f"Bescheid öffnen: {one.leistung_name}",
            end=one.abrufen_bis,
            possible_from=None,
            text="zehn Tage nach dem Hinweis auf die Bereitstellung",
            law=one.norm_recht,
            mark="geprueft",
            settled_at=None,
            reasons=[
                "Erst nach dem Öffnen läuft eine Frist. Öffnen Sie ihn nicht, gilt er nicht als bekannt gegeben, und die Stelle stellt ihn "
                "auf anderem Weg zu (§ 41 Abs. 2a VwVfG)."
            ],
        )
    if one.frist is None or one.frist.sicher_bis is None:
        return
    way = WEGE[one.frist.weg]
    yield DeadlineEntry(
        key=f"bescheid:{one.id}",
        kind="rechtsbehelf",
        url=bescheid.pfad(one.id),
        service=one.leistung,
        name=f"{way.name} möglich: {one.leistung_name}",
        end=one.frist.sicher_bis,
        possible_until=one.frist.moeglich_bis,
        possible_from=None,
        text=f"{way.name} an: {adressat(context, one)}",
        law=way.recht,
        mark=REGELN[one.norm].marke if one.norm else "stand_pruefen",
        settled_at=one.erledigt,
        reasons=list(one.frist.gruende),
        conflict=one.frist.konflikt,
    )


def adressat(context: PortalContext, one: bescheid.Bescheid) -> str:
    """Whom a remedy goes to: as the decision's own Belehrung names it, else as the track says."""
    if one.frist is None:
        return one.stelle
    return one.frist.adressat or rechtsweg.adressat(context, one.frist.weg, one.stelle)


async def _rueckfragen(context: PortalContext, session: AsyncSession, konto_id: str) -> list[DeadlineEntry]:
    return [
        DeadlineEntry(
            key=f"rueckfrage:{one.id}",
            kind="rueckfrage",
            url=rueckfrage.pfad(one.id),
            service="",
            name=f"Rückfrage beantworten: {one.leistung_name}",
            end=one.bis,
            possible_from=None,
            text=f"Frage von {one.von}",
            law="§ 31 Abs. 5 VwVfG" if one.bis else "",
            mark="geprueft",
            settled_at=None,
            reasons=[
                "Den Tag hat die Stelle bestimmt. Er gilt auch an einem Wochenende oder Feiertag."
                if one.bis
                else "Die Stelle hat keinen Tag bestimmt. Solange die Antwort fehlt, geht es nicht weiter."
            ],
        )
        for one in await rueckfrage.offene(context, session, konto_id)
    ]


async def _gebuehren(context: PortalContext, session: AsyncSession, konto_id: str) -> list[DeadlineEntry]:
    return [
        DeadlineEntry(
            key=f"gebuehr:{one.id}",
            kind="zahlung",
            url=gebuehr.pfad(one.id),
            service=one.leistung,
            name=f"Bezahlen: {one.leistung_name}",
            end=one.faellig,
            possible_from=None,
            text=f"{gebuehr.euro(one.betrag_cent)} an {one.stelle}",
            law="",
            mark="geprueft",
            settled_at=one.bezahlt,
            reasons=["Den Tag der Fälligkeit hat die Stelle bestimmt."],
        )
        for one in await gebuehr.liste(context, session, konto_id)
        if one.faellig is not None and one.status != "erlassen"
    ]


async def erinnern(context: PortalContext) -> int:
    """Job: remind of deadlines and appointments at the days that each citizen chose; gives how many reminders."""
    async with context.transaction() as session:
        accounts: set[str] = set()
        for column in (
            FristZeile.konto_id,
            GebuehrZeile.konto_id,
            BescheidZeile.konto_id,
            RueckfrageZeile.konto_id,
            TerminZeile.konto_id,
        ):
            accounts |= set(await session.scalars(select(column).distinct()))
        accounts |= set(
            await session.scalars(
                select(StammdatumRow.konto_id).where(StammdatumRow.feld == "ausweis_gueltig_bis")
            )
        )
        accounts |= set(
            await session.scalars(
                select(DokumentZeile.konto_id).where(DokumentZeile.gueltig_bis.is_not(None))
            )
        )
    sent = 0
    for konto_id in sorted(accounts):
        async with context.transaction() as session:
            sent += await _einen_erinnern(context, session, konto_id)
    return sent


async def _einen_erinnern(context: PortalContext, session: AsyncSession, konto_id: str) -> int:
    if not await komforteinwilligung.erteilt(session, konto_id, "erinnerungen"):
        return 0
    wish, today, sent = await benachrichtigung.wunsch(session, konto_id), context.today(), 0
    due = [
        (entry.key, entry.end, "frist_erinnerung", "/mein/fristen", wish.erinnern_tage)
        for entry in await liste(context, session, konto_id)
        if entry.end is not None and entry.settled_at is None
    ]
    due += [
        (f"termin:{one.id}", one.start.astimezone(BERLIN).date(), "termin_erinnerung", "/mein/termine", (1,))
        for one in await termine.liste(context, session, konto_id, nur_kommende=True)
    ]
    for key, end, occasion, path, days_before in due:
        left = (end - today).days
        for days in sorted(days_before):
            if not max(0, days - NACHHOLEN_TAGE) <= left <= days:
                continue
            if await session.get(ErinnerungZeile, (konto_id, key, end, days)) is None:
                session.add(
                    ErinnerungZeile(konto_id=konto_id, frist=key, ende=end, tage=days, am_utc=context.clock())
                )
                await benachrichtigung.anstossen(
                    session, konto_id, occasion, jetzt=context.clock(), verweis=path
                )
                sent += 1
            break
    return sent
