"""An appointment as a calendar file (iCalendar, RFC 5545) with a reminder on the day before."""

from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from portal.services.views import AppointmentView

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
