"""Use cases of a citizen's decisions: she looks at one, opens it, takes its values over, notes a letter of her own."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from portal.context import BERLIN, PortalContext
from portal.domain import bekanntgabe as bekannt
from portal.domain.bekanntgabe import REGELN, Beginn, Norm
from portal.domain.rechtsbehelf import Belehrung, Fristbild, Weg, Zugang, fristbild
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.bescheid import BescheidZeile
from portal.schema.vorgang import VorgangZeile
from portal.services import handeln, katalog, stammdaten, vorgangsprotokoll
from portal.services.feiertage import feiertage

PORTALNORMEN = tuple(norm for norm, regel in REGELN.items() if regel.im_portal)
UEBERNEHMBAR = tuple(stammdaten.EIGENE_PRUEFUNG)
"""Master data that a decision may bring: a new name, a new address, a new document."""


@dataclass(frozen=True)
class Bescheid:
    """A decision as pages show it."""

    id: str
    quelle: str
    vorgang_id: str | None
    leistung: str
    leistung_name: str
    stelle: str
    betreff: str
    norm: Norm | None
    norm_label: str
    norm_recht: str
    bescheiddatum: date
    status: str
    mit_datei: bool
    angelegt: datetime
    abgerufen: datetime | None
    abrufen_bis: date | None
    """Last day of the Abruf; None where no such day exists."""
    beendet: datetime | None
    ersetzt: datetime | None
    erledigt: datetime | None
    belehrung_text: str
    frist: Fristbild | None
    """None while nothing runs (waiting for the Abruf, ended)."""
    daten: Mapping[str, str]
    """Master datum → value that she may add."""


def pfad(bescheid_id: str) -> str:
    """The decision's page."""
    return f"/mein/bescheide/{bescheid_id}"


def als_json(told: Belehrung, text: str) -> dict[str, object]:
    """What the Belehrung says, as it is stored."""
    return {
        "vorhanden": told.vorhanden,
        "weg": told.weg,
        "stelle": told.stelle,
        "monate": told.monate,
        "text": text.strip()[:4000],
    }


def zugang_von(row: BescheidZeile) -> Zugang | None:
    """What the deadline is computed from; None while nothing runs yet or nothing will."""
    if row.status == "beendet":
        return None
    norm = Norm(row.norm) if row.norm else None
    if norm not in PORTALNORMEN:
        return Zugang(norm, row.bescheiddatum, row.beginn, row.zugang)
    begin = {
        Beginn.BEREITSTELLUNG: row.angelegt_utc,
        Beginn.HINWEIS: row.hinweis_utc or row.angelegt_utc,
        Beginn.ABRUF: row.abgerufen_utc,
    }[REGELN[norm].beginn]
    if begin is None:
        return None
    return Zugang(norm, row.bescheiddatum, begin.astimezone(BERLIN).date())


def belehrung_von(row: BescheidZeile) -> Belehrung | None:
    """What the decision itself says; None: nobody read it yet."""
    told = row.belehrung
    if told is None:
        return None
    return Belehrung(
        told["vorhanden"], Weg(told["weg"]) if told["weg"] else None, told["stelle"], told["monate"]
    )


def abrufen_bis(row: BescheidZeile) -> date | None:
    """Last day of the Abruf, for the norm that has one."""
    if row.norm != Norm.VWVFG_41_2A:
        return None
    sent = row.hinweis_utc or row.angelegt_utc
    return bekannt.bereitstellung_endet(sent.astimezone(BERLIN).date())


def ansicht(context: PortalContext, row: BescheidZeile) -> Bescheid:
    """A decision as pages show it, with its deadline."""
    norm = Norm(row.norm) if row.norm else None
    access = zugang_von(row)
    service = context.katalog.leistungen.get(row.leistung)
    track = Weg(service.rechtsbehelf.weg) if service else Weg.KEIN
    told = belehrung_von(row)
    return Bescheid(
        id=row.id,
        quelle=row.quelle,
        vorgang_id=row.vorgang_id,
        leistung=row.leistung,
        leistung_name=row.leistung_name,
        stelle=row.stelle,
        betreff=row.betreff,
        norm=norm,
        norm_label=REGELN[norm].label if norm else "Weg nicht bekannt",
        norm_recht=REGELN[norm].recht if norm else "",
        bescheiddatum=row.bescheiddatum,
        status=row.status,
        mit_datei=row.sha256 is not None,
        angelegt=row.angelegt_utc,
        abgerufen=row.abgerufen_utc,
        abrufen_bis=abrufen_bis(row) if row.status == "bereit" else None,
        beendet=row.beendet_utc,
        ersetzt=row.ersatz_utc,
        erledigt=row.erledigt_utc,
        belehrung_text=str((row.belehrung or {}).get("text") or ""),
        frist=fristbild(access, track, feiertage(context.settings.commune), told) if access else None,
        daten=dict(row.daten or {}),
    )


async def liste(context: PortalContext, session: AsyncSession, konto_id: str) -> list[Bescheid]:
    """Her decisions, the newest first."""
    rows = await session.scalars(
        select(BescheidZeile)
        .where(BescheidZeile.konto_id == konto_id)
        .order_by(BescheidZeile.angelegt_utc.desc(), BescheidZeile.id)
    )
    return [ansicht(context, row) for row in rows]


async def _eigener(session: AsyncSession, konto_id: str, bescheid_id: str) -> BescheidZeile:
    row = await session.scalar(
        select(BescheidZeile).where(BescheidZeile.id == bescheid_id, BescheidZeile.konto_id == konto_id)
    )
    if row is None:
        raise NotFoundError("Diesen Bescheid gibt es nicht.")
    return row


async def laden(context: PortalContext, session: AsyncSession, konto_id: str, bescheid_id: str) -> Bescheid:
    """Her own decision; a foreign one is as unknown. Raises NotFoundError. Looking at its page is no Abruf."""
    return ansicht(context, await _eigener(session, konto_id, bescheid_id))


async def abrufen(context: PortalContext, session: AsyncSession, konto_id: str, bescheid_id: str) -> Bescheid:
    """She opens it, after she was told what that means. Opening it again changes nothing.

    Raises
    ------
    ConflictError
        The time for it is over: the office sends it otherwise.
    PowerLackingError
        It belongs to somebody for whom she may act no more.
    NotFoundError
    """
    row = await _eigener(session, konto_id, bescheid_id)
    last = abrufen_bis(row)
    if row.status == "beendet" or (row.status == "bereit" and last is not None and context.today() > last):
        raise ConflictError(
            "Der Bescheid wurde nicht innerhalb von zehn Tagen geöffnet. Er gilt nicht als bekannt gegeben, es läuft keine Frist. Die "
            "Stelle stellt ihn auf anderem Weg zu."
        )
    if row.status == "bereit":
        await _in_vertretung(context, session, row)
        row.status, row.abgerufen_utc = "abgerufen", context.clock()
    return ansicht(context, row)


async def _in_vertretung(context: PortalContext, session: AsyncSession, row: BescheidZeile) -> None:
    """Opening a decision that belongs to somebody else: the power must hold, and everybody reads who opened it."""
    case = await session.get(VorgangZeile, row.vorgang_id) if row.vorgang_id else None
    if case is None or await handeln.am_vorgang(context, session, case) is None:
        return
    await vorgangsprotokoll.verlauf(context, session, case, "Bescheid geöffnet")
    await vorgangsprotokoll.eintragen(
        context,
        session,
        case,
        art="einsicht",
        akteur="buerger",
        akteur_label="Sie selbst",
        felder=[row.betreff],
        kanal="Bescheid im Portal geöffnet",
    )


async def datei(session: AsyncSession, konto_id: str, bescheid_id: str) -> tuple[str, bytes]:
    """Name and content of a decision that she opened. Raises ConflictError before that, NotFoundError."""
    row = await session.scalar(
        select(BescheidZeile)
        .where(BescheidZeile.id == bescheid_id, BescheidZeile.konto_id == konto_id)
        .options(undefer(BescheidZeile.datei))
    )
    if row is None or row.datei is None:
        raise NotFoundError("Diesen Bescheid gibt es nicht.")
    if row.status not in ("abgerufen", "versandt"):
        raise ConflictError(
            "Bitte öffnen Sie den Bescheid zuerst auf seiner Seite. Dort steht, was das bedeutet."
        )
    return row.dateiname or "bescheid.pdf", row.datei


async def erledigen(context: PortalContext, session: AsyncSession, konto_id: str, bescheid_id: str) -> None:
    """She needs no deadline for it any more; reminders stop. Raises NotFoundError."""
    row = await _eigener(session, konto_id, bescheid_id)
    row.erledigt_utc = row.erledigt_utc or context.clock()


async def daten_entscheiden(
    context: PortalContext, session: AsyncSession, konto_id: str, bescheid_id: str, felder: Collection[str]
) -> int:
    """She decides which of the decision's values go into her master data; the others are dropped. Gives how many went.

    Raises
    ------
    ConflictError
        The decision is not opened yet.
    NotFoundError
    """
    row = await _eigener(session, konto_id, bescheid_id)
    if row.status == "bereit":
        raise ConflictError("Bitte öffnen Sie den Bescheid zuerst.")
    chosen = {feld: wert for feld, wert in (row.daten or {}).items() if feld in felder}
    if chosen:
        await stammdaten.speichern(context, session, konto_id, chosen, "bescheid")
    row.daten = None
    return len(chosen)


async def notieren(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    leistung_id: str,
    zugang: Zugang,
    belehrung: Belehrung | None,
) -> str:
    """She notes a letter that she got, to have its deadline computed; gives its id.

    Raises
    ------
    InvalidInputError
        A day lies in the future or before the letter.
    NotFoundError
        There is no such service.
    """
    service = katalog.leistung(context, leistung_id)
    today = context.today()
    if zugang.bescheiddatum > today:
        raise InvalidInputError("Das Datum des Bescheids liegt in der Zukunft.", field="bescheiddatum")
    for field, day in (("beginn", zugang.beginn), ("zugang", zugang.zugang)):
        if day is not None and not zugang.bescheiddatum <= day <= today:
            raise InvalidInputError(
                "Dieser Tag liegt vor dem Datum des Bescheids oder in der Zukunft.", field=field
            )
    office = katalog.stelle(context, service)
    row = BescheidZeile(
        id=str(uuid.uuid4()),
        konto_id=konto_id,
        vorgang_id=None,
        quelle="angabe",
        leistung=service.id,
        leistung_name=service.name,
        stelle_id=None,
        stelle=f"{office.name}, {office.behoerde}",
        norm=zugang.norm,
        betreff=f"Ihr Brief: {service.name}",
        bescheiddatum=zugang.bescheiddatum,
        beginn=zugang.beginn,
        zugang=zugang.zugang,
        belehrung=als_json(belehrung, "") if belehrung else None,
        daten=None,
        status="notiert",
        dateiname=None,
        sha256=None,
        datei=None,
        angelegt_utc=context.clock(),
        hinweis_id=None,
        hinweis_utc=None,
        abgerufen_utc=None,
        beendet_utc=None,
        ersatz_utc=None,
        erledigt_utc=None,
    )
    session.add(row)
    await session.flush()
    return row.id


async def zum_vorgang(context: PortalContext, session: AsyncSession, vorgang_id: str) -> list[Bescheid]:
    """The decisions on one case, the newest first. The caller has checked who asks."""
    rows = await session.scalars(
        select(BescheidZeile)
        .where(BescheidZeile.vorgang_id == vorgang_id)
        .order_by(BescheidZeile.angelegt_utc.desc())
    )
    return [ansicht(context, row) for row in rows]
