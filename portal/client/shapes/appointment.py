"""Appointments and the free ones."""

from datetime import datetime
from typing import Literal

from portal.client.shapes.basis import View


class SlotView(View):
    """One free appointment."""

    id: str
    start: datetime
    end: datetime
    display: str


class AppointmentView(View):
    """A citizen's appointment."""

    id: str
    number: str
    service: str
    name: str
    office: str
    address: str | None
    start: datetime
    end: datetime
    display: str
    status: Literal["gebucht", "abgesagt", "vergangen"]
    bring: list[str]
    url: str
    calendar_url: str


class SlotsView(View):
    """The next free appointments for a service.

    `note`: what citizens must know of this calendar. `hours_known`: false where nobody named the office's hours, so that
    no slots does not mean that all are taken.
    """

    service: str
    name: str
    office: str
    address: str | None
    bring: list[str]
    note: str | None
    hours_known: bool
    slots: list[SlotView]
    later_from: str | None
    """ISO day from which further ones are found; None after the last."""
