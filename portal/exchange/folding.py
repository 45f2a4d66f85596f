"""What a record changes: its values laid over what the catalogue says already."""

from datetime import date
from typing import cast

from portal.catalogue.merge import GESPERRT, JE_SCHLUESSEL
from portal.catalogue.model import Leistung, Stelle
from portal.exchange.records import (
    EIGEN,
    GUELTIGKEIT,
    UNBEKANNTES_RECHT,
    LeistungSatz,
    Werte,
    stelle_werte,
    werte_von,
)
from portal.exchange.store import Gelesen

MAX_NAME = 60
CONTACTS = ("kontakt", "telefon", "anschrift", "url")
REST = "Behördennummer 115"
"""The contact of an office of which the file tells none."""
DATED = ("gebuehr", "frist")


def service_file(
    record: Gelesen, stelle: str | None, base: Leistung | None, existing: Werte, *, kommune: bool, head: Werte
) -> tuple[Werte | None, list[str]]:
    """The new content of a service's file, or None if the record changes nothing; and the keys left out as locked.

    Keys of the existing file that the record does not name stay as they are.

    Parameters
    ----------
    record
        What was read.
    stelle
        The receiving office, if the file names one.
    base
        The service as the other catalogue folders give it.
    existing
        The service's file in the target folder, {} if there is none.
    kommune
        Whether the target folder is a Kommune's, where some keys are locked.
    head
        Source, mark and first day of validity for a changed file.
    """
    wanted = _shortened(record.werte) | ({"stelle": stelle} if stelle else {})
    if base is None and not existing:
        wanted = _defaults(wanted)
    known = ({"stelle": base.stelle} | werte_von(base)) if base else {}
    if base and base.nachweise:
        wanted.pop("nachweise", None)
    locked: list[str] = []
    changes: Werte = {}
    for key, value in wanted.items():
        before = existing.get(key, known.get(key))
        if key == "synonyme":
            said = [*_texts(known.get(key)), *_texts(existing.get(key))]
            fresh = [s for s in _texts(value) if s not in said]
            if fresh:
                changes[key] = [*_texts(existing.get(key)), *fresh]
        elif same(value, before):
            continue
        elif kommune and base and key in GESPERRT and key in base.herkunft:
            if base.herkunft[key].ebene == "kommune":
                changes[key] = value
            else:
                locked.append(key)
        else:
            changes[key] = value
    if not changes:
        return None, locked
    content = _headed(record.id, existing, changes, head) | changes
    return {key: _dated(key, value) for key, value in content.items()}, locked


def _headed(own_id: str, existing: Werte, changes: Werte, head: Werte) -> Werte:
    """The file or entry as it was, with the new source: for the whole if it is new, else for the changed keys alone."""
    if not existing:
        return {"id": own_id} | head
    if {key: existing.get(key) for key in head} == head:
        return existing
    origins = cast(Werte, existing.get(JE_SCHLUESSEL) or {})
    return existing | {JE_SCHLUESSEL: origins | dict.fromkeys(changes, head)}


def office_entry(
    office_id: str, werte: Werte, base: Stelle | None, existing: Werte, head: Werte
) -> Werte | None:
    """The new entry of an office in `stellen.yml`, or None if the record changes nothing."""
    known = stelle_werte(base) if base else {}
    changes = {
        key: value for key, value in werte.items() if not same(value, existing.get(key, known.get(key)))
    }
    if not changes:
        return None
    if not (werte.keys() | known.keys() | existing.keys()) & set(CONTACTS):
        changes["kontakt"] = REST
    return _headed(office_id, existing, changes, head) | changes


def same(new: object, old: object) -> bool:
    """Whether a record says nothing new. A first day of validity that it does not name may differ."""
    if isinstance(new, dict) and isinstance(old, dict):
        values = {k: v for k, v in cast(Werte, old).items() if v is not None}
        return set(values) - set(new) <= set(GUELTIGKEIT) and all(
            same(value, values.get(key)) for key, value in cast(Werte, new).items()
        )
    if isinstance(new, list) and isinstance(old, list):
        return len(new) == len(old) and all(same(a, b) for a, b in zip(new, old, strict=True))
    if isinstance(old, date):
        return str(new) == old.isoformat()
    if isinstance(new, str) and isinstance(old, str):
        return new.strip() == old.strip()
    return new == old


def head_of(source: str, day: date | None, stand: date) -> Werte:
    """Source, mark and first day of validity of imported values: they are always to be checked."""
    return {"quelle": source, "marke": "stand_pruefen", "gueltig_ab": day or stand}


def _shortened(werte: Werte) -> Werte:
    name = str(werte["name"])
    if len(name) <= MAX_NAME:
        return dict(werte)
    short = name[: MAX_NAME - 1].rsplit(" ", 1)[0].rstrip(" ,;:-–(") + "…"
    return werte | {"name": short, "synonyme": [name, *_texts(werte.get("synonyme"))]}


def _defaults(werte: Werte) -> Werte:
    """What a new service needs and the record does not say, without claiming anything."""
    name, text = str(werte["name"]), str(werte.get("text") or "")
    first = text.replace("\n", " ").split(". ")[0].strip()
    kurz = str(werte.get("kurz") or (f"{first.rstrip('.')}." if first else name))
    return {
        "kurz": kurz,
        "text": text or kurz,
        "finder": "W",
        "wege": ["telefon"],
        "rechtsgrundlage": [UNBEKANNTES_RECHT],
    } | werte


def _dated(key: str, value: object) -> object:
    if key not in DATED or not isinstance(value, list):
        return value
    return [
        {k: date.fromisoformat(v) if k in GUELTIGKEIT and isinstance(v, str) else v for k, v in entry.items()}
        for entry in cast(list[Werte], value)
    ]


def _texts(value: object) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else []


def service_id(record: LeistungSatz, by_leika: dict[str, str], known: set[str]) -> str:
    """The catalogue id of a service: its own if it has one, that of the service with its LeiKa key, or a new one.

    Raises
    ------
    ValueError
        The identifier has not the form of a catalogue id.
    """
    leika = str(record.werte.get("leika") or "")
    own = record.kennung.als_kennung() if record.kennung else ""
    if own in known or (record.kennung and record.kennung.agentur == EIGEN):
        return own
    if leika in by_leika:
        return by_leika[leika]
    if own:
        return own
    if leika:
        return f"leika_{leika}"
    raise ValueError("Der Satz hat weder eine Kennung noch einen LeiKa-Schlüssel.")
