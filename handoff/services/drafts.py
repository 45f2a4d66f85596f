"""Reads the portal's draft (docs/protocol/dialog.md) as the gateway needs it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta

from handoff.domain.message import Object
from handoff.domain.offers import Json
from handoff.errors import InvalidInputError

DOUBT_AFTER = timedelta(days=365)
"""Stored data that are older are shown as doubtful."""


def objects(value: Json) -> list[Mapping[str, Json]]:
    """Give the objects of a JSON list; anything else is dropped."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def field_of(draft: Mapping[str, Json], field_id: str) -> Mapping[str, Json]:
    """Find a field of the draft; raises InvalidInputError when there is none of this id."""
    for field in objects(draft.get("fields")):
        if field.get("id") == field_id:
            return field
    raise InvalidInputError("Dieses Feld gibt es in dem Antrag nicht.", field="field", code="feld_unbekannt")


def display(field: Mapping[str, Json], value: str) -> str:
    """Write a value as people read it: option labels, German dates, otherwise as it is."""
    for option in objects(field.get("options")):
        if option.get("id") == value:
            return str(option.get("label"))
    if field.get("type") == "date":
        with suppress(ValueError):
            return date.fromisoformat(value).strftime("%d.%m.%Y")
    if field.get("type") == "yes_no":
        return {"ja": "Ja", "nein": "Nein"}.get(value, value)
    return value


def summary_lines(draft: Mapping[str, Json]) -> list[str]:
    """Extract the clerk's summary from a draft: what it is about, how far it is, what is asked now."""
    lines = [f"Anliegen: {draft.get('name')}"]
    if draft.get("acting"):
        lines.append(str(draft["acting"]))
    progress = draft.get("progress")
    if isinstance(progress, Mapping):
        lines.append(f"Beantwortet: {progress.get('answered')} von {progress.get('total')}")
    step = draft.get("next")
    if isinstance(step, Mapping):
        where = "evidence" if step.get("kind") == "evidence" else "fields"
        for item in objects(draft.get(where)):
            if item.get("id") == step.get("id"):
                lines.append(f"Offen: {item.get('label')}")
    return lines


def doubt(field: Mapping[str, Json], today: date) -> str | None:
    """Say why a filled value should be looked at again: it comes from stored data that are older than a year."""
    if field.get("source") != "stammdaten" or field.get("state") != "beantwortet":
        return None
    try:
        known = date.fromisoformat(str(field.get("date")))
    except ValueError:
        return "Stand unbekannt"
    if today - known <= DOUBT_AFTER:
        return None
    return f"Stand {known.strftime('%d.%m.%Y')}, älter als ein Jahr"


def for_clerk(draft: Mapping[str, Json], today: date) -> Object:
    """Cut the draft to what the console shows. Values that the citizen has not released are left out."""
    fields: list[Json] = []
    for field in objects(draft.get("fields")):
        released = field.get("state") != "vorgeschlagen"
        shown = str(field.get("display") or "") if released else ""
        fields.append(
            {
                "id": field.get("id"),
                "label": field.get("label"),
                "display": shown,
                "masked": bool(field.get("sensitive")) and bool(shown),
                "state": field.get("state"),
                "type": field.get("type"),
                "options": field.get("options") or [],
                "required": field.get("required") is not False,
                "withheld": field.get("withheld"),
                "doubt": doubt(field, today),
            }
        )
    return {
        "name": draft.get("name"),
        "version": draft.get("version"),
        "acting": draft.get("acting"),
        "second_parent": draft.get("second_parent"),
        "fields": fields,
        "evidence": draft.get("evidence") or [],
        "next": draft.get("next"),
    }
