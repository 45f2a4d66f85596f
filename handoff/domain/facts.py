"""A service's facts as sentences with their source: what a clerk sends, and what a canned reply is filled with."""

from collections.abc import Mapping

from handoff.domain.message import Object
from handoff.domain.offers import Json, objects

MARKS = {"geprueft": "geprüft", "stand_pruefen": "Stand prüfen"}


def facts(entry: Mapping[str, Json]) -> list[Object]:
    """List what the catalogue knows of a service as `{id, label, text, mark}`; `text` names the source.

    Parameters
    ----------
    entry
        A catalogue entry as `handoff.ports.Portal.entry` gives it.
    """
    name = str(entry.get("name"))
    found: list[Object] = []

    def add(id_: str, label: str, value: str | None, mark: Json = None) -> None:
        if not value:
            return
        found.append(
            {
                "id": id_,
                "label": label,
                "value": value,
                "mark": str(mark) if mark else None,
                "text": f"{name}, {label}: {value}\n{_source(entry, mark)}",
            }
        )

    add("gebuehr", "Kosten", _text(entry.get("fee")), entry.get("fee_mark"))
    add("frist", "Frist", _text(entry.get("deadline")), entry.get("deadline_mark"))
    add("dauer", "Dauer", _text(entry.get("duration")))
    add("unterlagen", "Unterlagen", _documents(entry))
    add("stelle", "Zuständig", _text(entry.get("office")), entry.get("office_mark"))
    add("recht", "Rechtsgrundlage", ", ".join(_texts(entry.get("law"))))
    return found


def _documents(entry: Mapping[str, Json]) -> str:
    return ", ".join(
        f"{one.get('label')}" + ("" if one.get("required") else " (falls vorhanden)")
        for one in objects(entry.get("documents"))
    )


def _source(entry: Mapping[str, Json], mark: Json) -> str:
    sources = "; ".join(
        f"{one.get('label')} ({MARKS.get(str(one.get('mark')), 'Stand prüfen')})"
        for one in objects(entry.get("sources"))
    )
    state = f" Diese Angabe: {MARKS.get(str(mark), 'Stand prüfen')}." if mark else ""
    return f"Quelle: {sources or 'Leistungskatalog (Stand prüfen)'}.{state}"


def _text(value: Json) -> str | None:
    return str(value) if value else None


def _texts(value: Json) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
