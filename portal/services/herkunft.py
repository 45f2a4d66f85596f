"""Where every value of a service comes from: tier, source, mark, since when; and how it changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Belegt, Feld, Herkunft, Lebenslage, Leistung, Nachweis, Stelle
from portal.catalogue.overlay import SCHLUESSEL
from portal.context import PortalContext
from portal.schema.redaktion import AenderungZeile
from portal.services.abweichung import gebiet

EBENEN = {"eu": "EU", "bund": "Bund", "land": "Land NRW", "kommune": "Stadt"}
BEZEICHNUNGEN = {
    "name": "Name",
    "kurz": "Kurzbeschreibung",
    "text": "Beschreibung",
    "hinweis": "Hinweis",
    "leika": "Leistungsschlüssel (LeiKa)",
    "synonyme": "Suchwörter",
    "zielgruppe": "Zielgruppe",
    "finder": "Zuständig nach",
    "zustaendig_nach": "Angabe, die über die Zuständigkeit entscheidet",
    "kreisaufgabe": "In Gemeinden eines Kreises zuständig",
    "rechtsgrundlage": "Rechtsgrundlage",
    "gebuehr": "Kosten",
    "frist": "Frist",
    "erklaerbar_ab": "Frühester Tag",
    "dauer": "Dauer",
    "wege": "Wege",
    "online": "Online-Weg",
    "persoenlich": "Persönliches Erscheinen",
    "rechtsbehelf": "Rechtsbehelf",
    "sensibel": "Besonders vertraulich",
    "felder": "Angaben",
    "nachweise": "Nachweise",
    "stelle": "Zuständige Stelle",
    "beziehungen": "Verwandte Leistungen",
    "sdg": "EU-Verfahren (SDG)",
}
BEREICHE = {
    "name": "Name",
    "intro": "Einleitung",
    "schritte": "Schritte",
    "hinweise": "weitere Hinweise",
    "behoerde": "Behörde",
    "anschrift": "Anschrift",
    "oeffnungszeiten": "Öffnungszeiten",
    "telefon": "Telefon",
    "url": "Seite der Stelle",
    "kontakt": "Ansprechstelle",
}
"""What a page shows of a life situation or an office, in its order."""
FINDER = {
    "W": "Ihrer Wohnung",
    "S": "dem Ort des Ereignisses",
    "B": "dem Ort des Betriebs",
    "O": "dem Ort der Sache, um die es geht",
    "X": "keinem Ort; jede Stelle hilft",
}
KREISAUFGABEN = {"ja": "der Kreis", "teils": "je nach Größe der Kreis oder die Gemeinde"}
WEGE = {
    "online": "online",
    "persoenlich": "persönlich",
    "schriftlich": "schriftlich",
    "vertretung": "durch eine Vertretung",
    "telefon": "am Telefon",
}
ZIELGRUPPEN = {"person": "Bürgerinnen und Bürger", "unternehmen": "Unternehmen"}
RECHTSBEHELFE = {
    "VG": "Klage beim Verwaltungsgericht",
    "WI": "Widerspruch, danach Klage beim Verwaltungsgericht",
    "SG": "Widerspruch, danach Klage beim Sozialgericht",
    "FG": "Einspruch, danach Klage beim Finanzgericht",
    "AG": "Antrag beim Amtsgericht",
    "kein": "in der Regel keiner",
}
SUCHWOERTER = 12
"""So many words of the search are shown; the rest is counted."""
WIRKUNG = {"antrag": "Antrag", "anzeige": "Anzeige"}


@dataclass(frozen=True)
class Wert:
    """One value with its origin. `fassung`: version of the editors, None where a file says it."""

    schluessel: str
    angabe: str
    wert: str
    ebene: str
    quelle: str
    marke: str
    seit: date
    bis: date | None
    fassung: int | None


@dataclass(frozen=True)
class Beleg:
    """One source and, in words, what of a life situation or an office comes from it."""

    angaben: list[str]
    ebene: str
    quelle: str
    marke: str
    seit: date
    bis: date | None


@dataclass(frozen=True)
class Eintrag:
    """One event in the history of a service."""

    id: str | None
    tag: date
    ebene: str
    was: str
    grund: str | None
    funktion: str | None
    nummer: int | None
    status: str
    antwort: str | None
    neu: str | None
    quelle: str
    at: datetime | None = None


def bezeichnung(schluessel: str) -> str:
    """A key in words."""
    return BEZEICHNUNGEN.get(schluessel, schluessel)


def belege(shown: Lebenslage | Stelle) -> list[Beleg]:
    """The sources of what a page shows of a life situation or an office; of an unlisted office none.

    Of steps each source counts that a tier gave for one of them.
    """
    found: dict[tuple[str, str, str, date, date | None], list[str]] = {}
    for key, label in BEREICHE.items():
        if not getattr(shown, key, None):
            continue
        entries = [own for name, own in shown.herkunft.items() if name.startswith(f"{key}.")]
        for origin in entries or [shown.herkunft[key]] if shown.herkunft else []:
            source = (
                EBENEN[origin.ebene],
                origin.quelle,
                origin.marke,
                origin.gueltig_ab,
                origin.gueltig_bis,
            )
            labels = found.setdefault(source, [])
            if label not in labels:
                labels.append(label)
    return [Beleg(labels, *source) for source, labels in found.items()]


def werte(context: PortalContext, service: Leistung) -> list[Wert]:
    """Every value of a service with its origin, in the order of the model."""
    return [found for key in SCHLUESSEL for found in _of_key(context, service, key)]


def _of_key(context: PortalContext, service: Leistung, key: str) -> Iterator[Wert]:
    origin = service.herkunft.get(key)
    if origin is None:
        return
    value = getattr(service, key)
    if key == "synonyme":  # how people put it, at times rough: it helps the search and is nothing to read out
        yield _wert(key, bezeichnung(key), f"{len(value)} Wörter für die Suche", origin)
    elif key in ("felder", "nachweise"):
        yield from _entries(service, key, value)
    elif isinstance(value, list) and value and all(isinstance(entry, Belegt) for entry in value):
        for entry in value:
            yield _wert(key, bezeichnung(key), anzeige(context, key, entry), origin, entry)
    else:
        yield _wert(
            key,
            bezeichnung(key),
            anzeige(context, key, value),
            origin,
            value if isinstance(value, Belegt) else None,
        )


def _entries(service: Leistung, key: str, entries: list[Feld] | list[Nachweis]) -> Iterator[Wert]:
    group = "Angabe" if key == "felder" else "Nachweis"
    for entry in entries:
        name = f"{key}.{entry.id}"
        label = f"{group}: {entry.label}"
        origin = service.herkunft.get(name) or service.herkunft[key]
        yield _wert(key, label, "nötig" if entry.pflicht else "freiwillig", origin)
        for changed, own in service.herkunft.items():
            if changed.startswith(f"{name}."):
                yield _wert(key, f"{label}, {changed.rsplit('.', 1)[1]}", "geändert", own)


def _wert(key: str, angabe: str, wert: str, origin: Herkunft, own: Belegt | None = None) -> Wert:
    parts = origin.datei.split("/")
    named = own is not None and own.quelle is not None
    return Wert(
        schluessel=key,
        angabe=angabe,
        wert=wert,
        ebene=EBENEN[(own.ebene if own and own.ebene else origin.ebene)],
        quelle=(own.quelle if own and named else None) or origin.quelle,
        marke=(own.marke if own and own.marke else origin.marke),
        seit=(own.gueltig_ab if own and own.gueltig_ab else origin.gueltig_ab),
        bis=own.gueltig_bis if own else origin.gueltig_bis,
        fassung=int(parts[4]) if parts[0] == "redaktion" and len(parts) == 5 else None,
    )


def anzeige(context: PortalContext, key: str, value: object) -> str:
    """A value in words, short."""
    if value is None or value == []:
        return "–"
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if key == "kreisaufgabe":
        return KREISAUFGABEN[str(value)]
    if key == "finder":
        return FINDER[str(value)]
    if key == "stelle":
        office = context.katalog.stellen.get(str(value))
        return office.name if office else str(value)
    if key == "wege" and isinstance(value, list):
        return ", ".join(WEGE[way] for way in value)
    if key == "online":
        trust = getattr(value, "vertrauensniveau", "")
        return f"{WIRKUNG[getattr(value, 'wirkung', 'antrag')]}, Vertrauensniveau {trust}"
    if key == "rechtsbehelf":
        return RECHTSBEHELFE[getattr(value, "weg", "kein")]
    if key == "beziehungen":
        names = [
            context.katalog.leistungen[other].name
            for other in (*getattr(value, "vorher", ()), *getattr(value, "oft_zusammen", ()))
            if other in context.katalog.leistungen
        ]
        return ", ".join(names) or "–"
    if key == "zielgruppe" and isinstance(value, list):
        return ", ".join(ZIELGRUPPEN[group] for group in value)
    if key == "synonyme" and isinstance(value, list) and len(value) > SUCHWOERTER:
        return f"{', '.join(value[:SUCHWOERTER])} und {len(value) - SUCHWOERTER} weitere"
    if isinstance(value, list):
        return ", ".join(" ".join(str(getattr(entry, "text", entry)).split()) for entry in value)
    return " ".join(str(getattr(value, "text", value)).split())


async def geschichte(
    context: PortalContext, session: AsyncSession, service: Leistung
) -> tuple[list[Eintrag], list[Eintrag]]:
    """The history of a service, newest first, and its open proposals.

    The history holds what editors changed, took back or refused, and with which state the files began.
    """
    places = [
        gebiet(context, "eu"),
        gebiet(context, "bund"),
        gebiet(context, "land"),
        gebiet(context, "kommune"),
    ]
    rows = await session.scalars(
        select(AenderungZeile)
        .where(AenderungZeile.leistung == service.id, AenderungZeile.gebiet.in_(places))
        .order_by(AenderungZeile.angelegt_utc.desc(), AenderungZeile.nummer.desc())
    )
    changes = [_eintrag(row) for row in rows]
    files = {(w.ebene, w.quelle, w.seit): None for w in werte(context, service) if w.fassung is None}
    beginnings = [
        Eintrag(
            None,
            since,
            tier,
            "Fassung aus den Dateien des Katalogs",
            None,
            None,
            None,
            "datei",
            None,
            None,
            source,
        )
        for tier, source, since in sorted(files, key=lambda f: (f[2], f[0], f[1]), reverse=True)
    ]
    return [e for e in changes if e.status != "vorschlag"] + beginnings, [
        e for e in changes if e.status == "vorschlag"
    ]


def _eintrag(row: AenderungZeile) -> Eintrag:
    return Eintrag(
        id=row.id,
        tag=row.gueltig_ab,
        ebene=EBENEN[row.ebene],
        was=bezeichnung(row.schluessel),
        grund=row.grund,
        funktion=row.funktion,
        nummer=row.nummer,
        status="zurueckgenommen" if row.art == "zuruecknehmen" else row.status,
        antwort=row.antwort,
        neu=row.eingabe if row.art == "setzen" else None,
        quelle=row.quelle,
        at=row.entschieden_utc or row.angelegt_utc,
    )
