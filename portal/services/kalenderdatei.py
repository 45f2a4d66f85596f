"""Appointments and deadlines as calendar files (iCalendar, RFC 5545)."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from portal.services.views import AppointmentView, DeadlineEntry

ERINNERUNG = timedelta(days=-1)


def als_ics(termin: AppointmentView, *, folge: int, geaendert: datetime, adresse: str) -> bytes:
    """The file's bytes; the same appointment always carries the same UID, so a calendar replaces its older version.

    Parameters
    ----------
    folge
        How often the appointment was changed.
    geaendert
        When it was changed last.
    adresse
        Public address of the portal.
    """
    event = Event()
    event.add("uid", f"{termin.id}@amtslotse")
    event.add("dtstamp", geaendert)
    event.add("sequence", folge)
    event.add("summary", f"{termin.name}: {termin.office}")
    event.add("dtstart", termin.start)
    event.add("dtend", termin.end)
    event.add("status", "CANCELLED" if termin.status == "abgesagt" else "CONFIRMED")
    event.add("location", ", ".join(part for part in (termin.office, termin.address) if part))
    event.add("description", f"Terminnummer {termin.number}\nBitte mitbringen: {', '.join(termin.bring)}")
    event.add("url", f"{adresse}{termin.url}")
    if termin.status == "gebucht":
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"Morgen: {termin.name}")
        alarm.add("trigger", ERINNERUNG)
        event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Amtslotse//Termine//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if termin.status == "abgesagt" else "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def fristen_als_ics(
    entries: Sequence[DeadlineEntry], *, jetzt: datetime, adresse: str, mit_namen: bool
) -> bytes:
    """All deadlines that still run, each as a whole day.

    Parameters
    ----------
    mit_namen
        Whether the file says what each is about: yes for one that she saves herself, no for an address that others may see.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Amtslotse//Fristen//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Fristen (Amtslotse)")
    for entry in entries:
        if entry.end is None or entry.settled_at is not None:
            continue
        event = Event()
        event.add("uid", f"{hashlib.sha256(entry.key.encode()).hexdigest()[:32]}@amtslotse")
        event.add("dtstamp", jetzt)
        event.add("summary", f"Frist: {entry.name}" if mit_namen else "Eine Frist endet (Amtslotse)")
        event.add("dtstart", entry.end)
        event.add("dtend", entry.end + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        if mit_namen:
            event.add("description", "\n".join(entry.reasons))
        event.add("url", f"{adresse}/mein/fristen")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", "Morgen endet eine Frist")
        alarm.add("trigger", ERINNERUNG)
        event.add_component(alarm)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
