"""What an editor sees: her tier at a glance, one service key by key, one key with its form and versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.merge import GESPERRT, Verschmolzen
from portal.catalogue.model import Ebene, Leistung
from portal.catalogue.overlay import (
    SCHLUESSEL,
    TEXTE,
    ZEILEN,
    als_eingabe,
    eigene_herkunft,
    eigener_wert,
    geltender_wert,
    wert_darueber,
)
from portal.context import PortalContext
from portal.errors import ConflictError, NotFoundError
from portal.schema.redaktion import AenderungZeile
from portal.services import katalog, redaktion
from portal.services.abweichung import gebiet
from portal.services.herkunft import anzeige, bezeichnung
from portal.services.redaktion import Eingabe


@dataclass(frozen=True)
class Zeile:
    """One key of a service in the editor's list."""

    schluessel: str
    angabe: str
    wert: str
    ebene: Ebene | None
    eigen: bool
    gesperrt: bool
    fassung: int


@dataclass(frozen=True)
class Fassung:
    """One version of a key."""

    id: str
    nummer: int
    art: str
    status: str
    eingabe: str
    grund: str
    quelle: str
    funktion: str
    at: datetime
    antwort: str | None


@dataclass(frozen=True)
class Blatt:
    """One key of one service for one tier's editor.

    `eingabe` is what stands in the form; `basis` the version that counts now (0: the files); `jetzt` the tier's own
    value as it stands; `darueber` what the tiers above say.
    """

    leistung: Leistung
    schluessel: str
    angabe: str
    form: str
    ebene: Ebene
    eingabe: Eingabe
    jetzt: str
    darueber: str
    gilt: str
    gesperrt: bool
    eigene_fassung: bool
    fassungen: Sequence[Fassung]


async def zeilen(
    context: PortalContext, session: AsyncSession, ebene: Ebene, leistung_id: str
) -> tuple[Leistung, list[Zeile]]:
    """All keys of a service as this tier's editor sees them. Raises NotFoundError."""
    service = katalog.leistung(context, leistung_id)
    whole = _ganzes(context, leistung_id)
    here = gebiet(context, ebene)
    versions = {
        row.schluessel: row.nummer
        for row in await redaktion.in_kraft(session)
        if row.gebiet == here and row.leistung == leistung_id and row.art == "setzen"
    }
    return service, [
        Zeile(
            schluessel=key,
            angabe=bezeichnung(key),
            wert=anzeige(context, key, getattr(service, key))
            if key not in ("felder", "nachweise")
            else _anzahl(service, key),
            ebene=service.herkunft[key].ebene if key in service.herkunft else None,
            eigen=eigener_wert(whole, ebene, key) is not None,
            gesperrt=ist_gesperrt(whole, ebene, key),
            fassung=versions.get(key, 0),
        )
        for key in SCHLUESSEL
    ]


async def blatt(
    context: PortalContext, session: AsyncSession, ebene: Ebene, leistung_id: str, schluessel: str
) -> Blatt:
    """One key with its form, filled with what the tier says now. Raises NotFoundError."""
    service = katalog.leistung(context, leistung_id)
    if schluessel not in SCHLUESSEL:
        raise NotFoundError("Diese Angabe gibt es nicht, oder sie lässt sich nicht ändern.")
    whole = _ganzes(context, leistung_id)
    own = eigener_wert(whole, ebene, schluessel)
    above = wert_darueber(whole, ebene, schluessel)
    now = await redaktion.fassung(session, (gebiet(context, ebene), leistung_id, schluessel))
    written = now if now and now.art == "setzen" else None
    text = written.eingabe if written else als_eingabe(schluessel, own)
    mine = eigene_herkunft(whole, ebene, schluessel)
    return Blatt(
        leistung=service,
        schluessel=schluessel,
        angabe=bezeichnung(schluessel),
        form="text" if schluessel in TEXTE else "zeilen" if schluessel in ZEILEN else "yaml",
        ebene=ebene,
        eingabe=Eingabe(
            leistung=leistung_id,
            schluessel=schluessel,
            eingabe=text,
            quelle=written.quelle if written else str(mine.get("quelle") or ""),
            marke=written.marke if written else str(mine.get("marke") or "stand_pruefen"),
            gueltig_ab=context.today().isoformat(),
            grund="",
            basis=now.nummer if now else 0,
        ),
        jetzt=text,
        darueber=als_eingabe(schluessel, above),
        gilt=als_eingabe(schluessel, geltender_wert(whole, schluessel)),
        gesperrt=ist_gesperrt(whole, ebene, schluessel),
        eigene_fassung=written is not None,
        fassungen=await _fassungen(context, session, ebene, leistung_id, schluessel),
    )


def ist_gesperrt(whole: Verschmolzen, ebene: Ebene, schluessel: str) -> bool:
    """Whether a tier above fixed this key for the town."""
    return (
        ebene == "kommune" and schluessel in GESPERRT and wert_darueber(whole, ebene, schluessel) is not None
    )


def unterschied(before: str, after: str) -> list[tuple[str, str]]:
    """What changes, line by line: (`+`, `-` or blank, text)."""
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return [(line[0], line[1:]) for line in list(lines)[2:] if not line.startswith("@@")]


def wirkung(
    context: PortalContext, vorschau: redaktion.Vorschau, leistung_id: str, schluessel: str
) -> tuple[str, str]:
    """What people read now and what they would read, for one key."""
    whole = vorschau.geladen.leistungen[leistung_id]
    return (
        als_eingabe(schluessel, geltender_wert(_ganzes(context, leistung_id), schluessel)),
        als_eingabe(schluessel, geltender_wert(whole, schluessel)),
    )


async def ruhend(context: PortalContext, session: AsyncSession, ebene: Ebene) -> list[tuple[str, str]]:
    """Changes of a tier that are stored but not in use, because they no longer fit the files: service and key."""
    here = gebiet(context, ebene)
    in_use = {(c.leistung, c.schluessel) for c in context.bestand.ueberlagerungen if c.gebiet == here}
    return [
        (row.leistung, row.schluessel)
        for row in await redaktion.in_kraft(session)
        if row.gebiet == here and row.art == "setzen" and (row.leistung, row.schluessel) not in in_use
    ]


async def vorschlaege(context: PortalContext, session: AsyncSession, ebene: Ebene) -> list[AenderungZeile]:
    """The open proposals of a tier, the oldest first."""
    rows = await session.scalars(
        select(AenderungZeile)
        .where(AenderungZeile.gebiet == gebiet(context, ebene), AenderungZeile.status == "vorschlag")
        .order_by(AenderungZeile.angelegt_utc)
    )
    return list(rows)


async def _fassungen(
    context: PortalContext, session: AsyncSession, ebene: Ebene, leistung_id: str, schluessel: str
) -> list[Fassung]:
    rows = await session.scalars(
        select(AenderungZeile)
        .where(
            AenderungZeile.gebiet == gebiet(context, ebene),
            AenderungZeile.leistung == leistung_id,
            AenderungZeile.schluessel == schluessel,
        )
        .order_by(AenderungZeile.nummer.desc())
    )
    return [
        Fassung(
            id=row.id,
            nummer=row.nummer,
            art=row.art,
            status=row.status,
            eingabe=row.eingabe,
            grund=row.grund,
            quelle=row.quelle,
            funktion=row.funktion,
            at=row.entschieden_utc or row.angelegt_utc,
            antwort=row.antwort,
        )
        for row in rows
    ]


def _ganzes(context: PortalContext, leistung_id: str) -> Verschmolzen:
    if context.bestand.geladen is None:
        raise ConflictError(
            "Die Dateien des Katalogs haben zurzeit Fehler; es gilt der letzte heile Stand. Änderungen sind erst wieder "
            "möglich, wenn der Betrieb die Dateien berichtigt hat."
        )
    return context.bestand.geladen.leistungen[leistung_id]


def _anzahl(service: Leistung, key: str) -> str:
    entries: Sequence[object] = getattr(service, key)
    return f"{len(entries)} Einträge"
