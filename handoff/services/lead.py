"""What a team lead changes: who speaks and can what, hours, exceptions, canned replies. Every change is checked and logged."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from handoff.context import HandoffContext
from handoff.domain.hours import BERLIN
from handoff.domain.people import Staff
from handoff.domain.reasons import URGENCIES
from handoff.errors import ForbiddenError, InvalidInputError
from handoff.services import hours, presence, replies
from handoff.services.hours import Spans
from handoff.storage import duty
from handoff.storage import lead as store

DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
SKILLS = tuple(one.skill for one in URGENCIES.values() if one.skill is not None)
"""What some reasons need (`handoff.domain.reasons`)."""
LANGUAGES = {
    "de": "Deutsch", "en": "Englisch", "tr": "Türkisch", "ar": "Arabisch", "uk": "Ukrainisch", "ru": "Russisch", "pl": "Polnisch",
    "ro": "Rumänisch", "bg": "Bulgarisch", "fr": "Französisch", "es": "Spanisch", "it": "Italienisch", "fa": "Persisch", "ku": "Kurdisch",
}  # fmt: skip
HOLIDAYS_AHEAD_DAYS = 400
SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|bis)\s*(\d{1,2})(?:[:.](\d{2}))?(?:\s*Uhr)?")


def check_office(staff: Staff, office: str | None) -> None:
    """Raise ForbiddenError unless the lead's office is this one; a lead without office leads all."""
    if staff.office_id is not None and staff.office_id != office:
        raise ForbiddenError("Das gehört zu einer anderen Stelle.", code="stelle_fremd")


async def equip(
    context: HandoffContext,
    staff: Staff,
    clerk_id: str,
    languages: Sequence[str],
    skills: Sequence[str],
) -> None:
    """Say what a clerk speaks and has learnt.

    Raises
    ------
    InvalidInputError
        A language or skill is unknown, no language is left, or nobody has this id.
    ForbiddenError
        The clerk works in another office.
    """
    if not languages or any(one not in LANGUAGES for one in languages):
        raise InvalidInputError(
            "Bitte wählen Sie mindestens eine der angebotenen Sprachen.", field="sprachen"
        )
    if any(one not in SKILLS for one in skills):
        raise InvalidInputError("Diese Fähigkeit gibt es nicht.", field="faehigkeiten")
    async with context.database.write() as session:
        row = await duty.clerk(session, clerk_id)
        if row is None:
            raise InvalidInputError(
                "Diese Person hat sich noch nie in der Konsole angemeldet.", field="person"
            )
        check_office(staff, row.office)
        spoken = ", ".join(LANGUAGES[one] for one in languages)
        what = f"{row.login or row.id}: Sprachen {spoken}; Fähigkeiten {', '.join(skills) or 'keine'}."
        store.log_change(session, staff, row.office, what, context.clock())
    await presence.equip(context, clerk_id, languages=list(languages), skills=list(skills))


def read_spans(text: str, field: str) -> Spans:
    """Read times as people write them: `8-12, 13:30 bis 16 Uhr`; empty: closed.

    Raises
    ------
    InvalidInputError
        Something in it is no span.
    """
    spans = []
    for part in re.split(r"[,;]|\bund\b", text):
        if not part.strip():
            continue
        match = SPAN.fullmatch(part.strip())
        if match is None or int(match[1]) > 23 or int(match[3]) > 23:
            raise InvalidInputError(
                f"„{part.strip()[:40]}“ ist keine Zeit. Bitte schreiben Sie zum Beispiel 08:00-12:00, 13:00-16:00.",
                field=field,
            )
        spans.append((f"{int(match[1]):02}:{match[2] or '00'}", f"{int(match[3]):02}:{match[4] or '00'}"))
    return spans


async def set_hours(
    context: HandoffContext,
    staff: Staff,
    office: str,
    week: Mapping[int, str] | None,
    *,
    mode: str,
    fallback: str | None,
    promise_days: int,
) -> None:
    """Write a team's week and way of working.

    Raises
    ------
    InvalidInputError, ForbiddenError
        Nothing was changed.
    """
    check_office(staff, office)
    spans = None if week is None else {day: read_spans(text, f"tag{day}") for day, text in week.items()}
    await hours.set_team(
        context, office, week=spans, mode=mode, fallback=fallback or None, promise_days=promise_days
    )
    said = (
        "unbekannt" if spans is None else "; ".join(f"{DAYS[day]} {_say(one)}" for day, one in spans.items())
    )
    what = f"Zeiten: {said}. Verteilung: {mode}. Vertretung: {fallback or 'keine'}. Antwort in {promise_days} Arbeitstagen."
    await _log(context, staff, office, what)


async def set_exception(
    context: HandoffContext, staff: Staff, office: str, day: date, spans: str | None, note: str
) -> None:
    """Let one day be different, or (None) as usual again.

    Raises
    ------
    InvalidInputError
        The day is over or the times are malformed.
    ForbiddenError
    """
    check_office(staff, office)
    if day < context.clock().astimezone(BERLIN).date():
        raise InvalidInputError("Dieser Tag ist schon vorbei.", field="tag")
    read = None if spans is None else read_spans(spans, "zeiten")
    await hours.set_exception(context, office, day, read, note)
    said = "wieder wie sonst" if read is None else _say(read)
    await _log(
        context,
        staff,
        office,
        f"Ausnahme am {day:%d.%m.%Y}: {said}{f' ({note.strip()})' if note.strip() else ''}.",
    )


async def keep_reply(context: HandoffContext, staff: Staff, title: str, text: str) -> None:
    """Keep a canned reply of one's own office. Raises InvalidInputError."""
    await replies.keep(context, staff.office, title, text)
    await _log(context, staff, staff.office_id, f"Textbaustein „{title.strip()}“ gespeichert.")


async def drop_reply(context: HandoffContext, staff: Staff, reply_id: str) -> None:
    """Delete a canned reply of one's own office. Raises ConflictError."""
    title = await replies.drop(context, staff.office, reply_id)
    await _log(context, staff, staff.office_id, f"Textbaustein „{title}“ gelöscht.")


def holidays_ahead(today: date) -> list[tuple[date, str]]:
    """List the coming public holidays of North Rhine-Westphalia with their names."""
    days = (today + timedelta(days=n) for n in range(HOLIDAYS_AHEAD_DAYS))
    return [(day, name) for day in days if (name := hours.holiday_name(day)) is not None]


def _say(spans: Spans) -> str:
    return ", ".join(f"{start}-{end}" for start, end in spans) or "geschlossen"


async def _log(context: HandoffContext, staff: Staff, office: str | None, what: str) -> None:
    async with context.database.write() as session:
        store.log_change(session, staff, office, what, context.clock())
