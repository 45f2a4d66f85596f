"""Canned replies, filled from the chat; facts of the catalogue for any service."""

from collections.abc import Mapping
from uuid import uuid4

from handoff.context import HandoffContext
from handoff.domain.facts import facts
from handoff.domain.limits import clean_text
from handoff.domain.message import Object
from handoff.domain.offers import Json
from handoff.domain.people import Staff
from handoff.domain.replies import fill, unknown
from handoff.errors import ConflictError, InvalidInputError
from handoff.schema.desk import ReplyRow
from handoff.storage import desk as store

TITLE_MAX_CHARS = 120


async def listing(context: HandoffContext, conversation_id: str, staff: Staff) -> list[Object]:
    """List the replies of the clerk's office as `{id, title, text, gaps}`, filled with what the chat knows."""
    async with context.database.read() as session:
        rows = await store.replies(session, staff.office)
    values = await _values(context, conversation_id, staff)
    found: list[Object] = []
    for row in rows:
        text, gaps = fill(row.text, values)
        found.append({"id": row.id, "title": row.title, "text": text, "gaps": list(gaps)})
    return found


async def _values(context: HandoffContext, conversation_id: str, staff: Staff) -> dict[str, str | None]:
    values: dict[str, str | None] = {"funktion": staff.function, "stelle": staff.office}
    draft = await context.portal.current_draft(conversation_id)
    entry = None if draft is None else await context.portal.entry(conversation_id, str(draft["service"]))
    if entry is not None:
        values |= {
            "leistung": _text(entry, "name"),
            "gebuehr": _text(entry, "fee"),
            "frist": _text(entry, "deadline"),
            "zustaendig": _text(entry, "office"),
        }
    return values


def _text(entry: Mapping[str, Json], key: str) -> str | None:
    value = entry.get(key)
    return str(value) if value else None


async def keep(context: HandoffContext, office: str, title: str, text: str) -> str:
    """Keep an office's own reply, or replace the one with this title; gives its id.

    Raises
    ------
    InvalidInputError
        Title or text are empty or too long, or a placeholder is unknown (`platzhalter_unbekannt`).
    """
    title, text = title.strip(), clean_text(text)
    if not 0 < len(title) <= TITLE_MAX_CHARS:
        raise InvalidInputError("Der Titel fehlt oder ist zu lang.", field="title")
    wrong = unknown(text)
    if wrong:
        raise InvalidInputError(
            f"Diesen Platzhalter gibt es nicht: {{{wrong[0]}}}.", field="text", code="platzhalter_unbekannt"
        )
    async with context.database.write() as session:
        row = next(
            (one for one in await store.replies(session, office) if one.office and one.title == title), None
        )
        if row is None:
            row = ReplyRow(id=str(uuid4()), office=office, title=title)
            session.add(row)
        row.text = text
        return row.id


async def drop(context: HandoffContext, office: str, reply_id: str) -> str:
    """Delete an office's own reply; gives its title.

    Raises
    ------
    ConflictError
        There is no such reply of this office (`baustein_unbekannt`).
    """
    async with context.database.write() as session:
        row = await session.get(ReplyRow, reply_id)
        if row is None or row.office != office or not office:
            raise ConflictError("Diesen Textbaustein gibt es nicht (mehr).", code="baustein_unbekannt")
        await session.delete(row)
        return row.title


async def search(context: HandoffContext, conversation_id: str, words: str) -> list[Object]:
    """Find services that fit some words: `{id, name}`."""
    return await context.portal.find_services(conversation_id, words.strip()[:200])


async def facts_of(context: HandoffContext, conversation_id: str, service_id: str) -> Object:
    """Give a service's facts as sentences with their source: `{name, facts: [{id, label, value, mark, text}]}`.

    Raises
    ------
    ConflictError
        The catalogue has no such service (`leistung_unbekannt`).
    """
    entry = await context.portal.entry(conversation_id, service_id)
    if entry is None:
        raise ConflictError("Diese Leistung steht nicht im Katalog.", code="leistung_unbekannt")
    return {"name": entry["name"], "facts": facts(entry)}
