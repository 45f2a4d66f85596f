"""Tables of the queue's surroundings: clerks on duty, teams and their hours, measured waits, requests, jobs."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Date, Index, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from handoff.schema.base import Base, EncryptedJSON, Moment


class ClerkRow(Base):
    """A clerk: presence, and what routing knows of her beyond her token."""

    __tablename__ = "clerks"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    office: Mapped[str | None] = mapped_column(String(80))
    topics: Mapped[list[str]] = mapped_column(JSON)
    leads: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    presence: Mapped[str] = mapped_column(String(8))
    """`da`, `pause` or `weg`."""
    seen_until: Mapped[datetime] = mapped_column(Moment)
    """Counts as present until then; the heartbeat moves it."""
    capacity: Mapped[int] = mapped_column(Integer)
    languages: Mapped[list[str]] = mapped_column(JSON)
    skills: Mapped[list[str]] = mapped_column(JSON)
    login: Mapped[str] = mapped_column(String(120), default="", server_default="")
    """The name by which her lead knows her; citizens never see it."""
    office_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    counted_on: Mapped[date | None] = mapped_column(Date)
    """The last day on which she was counted in `DutyDayRow`."""


class DutyDayRow(Base):
    """How many clerks of a team were at a console on a day; not who. Below five, the day has no figures."""

    __tablename__ = "duty_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    office: Mapped[str] = mapped_column(String(80), primary_key=True)
    """`*`: clerks without an office."""
    clerks: Mapped[int] = mapped_column(Integer)


class TeamRow(Base):
    """The team of an office (id of the catalogue), or of the whole town (`*`)."""

    __tablename__ = "teams"

    office: Mapped[str] = mapped_column(String(80), primary_key=True)
    mode: Mapped[str] = mapped_column(String(8))
    """`pull`: clerks take chats; `push`: chats are given to who has a free place."""
    fallback: Mapped[str | None] = mapped_column(String(80))
    """The office that helps out while nobody of this one is on duty."""
    week: Mapped[Any | None] = mapped_column(JSON)
    """`{"0": [["08:00", "16:00"]], …}`, 0 Monday; null: hours are not known."""
    promise_days: Mapped[int] = mapped_column(Integer)
    """Working days within which a request is answered."""


class HoursExceptionRow(Base):
    """One day on which a team's hours are others."""

    __tablename__ = "hours_exceptions"

    office: Mapped[str] = mapped_column(String(80), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    spans: Mapped[Any] = mapped_column(JSON)
    """`[["08:00", "12:00"]]`; empty: closed."""
    note: Mapped[str] = mapped_column(String(200))


class WaitRow(Base):
    """One wait: what was estimated and what happened. Names nobody."""

    __tablename__ = "waits"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    queued_at: Mapped[datetime] = mapped_column(Moment)
    service: Mapped[str | None] = mapped_column(String(80))
    office: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(20))
    place: Mapped[int] = mapped_column(Integer)
    low_s: Mapped[int | None] = mapped_column(Integer)
    middle_s: Mapped[int | None] = mapped_column(Integer)
    high_s: Mapped[int | None] = mapped_column(Integer)
    """The estimate at the beginning; null when nobody was on duty."""
    outcome: Mapped[str | None] = mapped_column(String(12))
    """null while waiting; `mensch`, `assistent`, `anliegen` or `beendet`."""
    waited_s: Mapped[int | None] = mapped_column(Integer)
    handled_s: Mapped[int | None] = mapped_column(Integer)
    """From the claim to the end, if a clerk took it."""
    result: Mapped[str | None] = mapped_column(String(16))
    """How its clerk closed the chat (`handoff.services.desk.RESULTS`)."""
    on_duty: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Clerks on duty who could take it when it came: the smallest group that its figures may stand for."""
    handed_on: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """The chat went from one clerk to another, or back to the queue."""
    team: Mapped[str | None] = mapped_column(String(80))
    """Office of the clerk who took it, `*` for the whole town's; never who."""
    continued: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Begins where a clerk gave the chat back: no new call for a human."""

    __table_args__ = (
        Index("ix_waits_queued_at", "queued_at"),
        Index("ix_waits_service", "service", "id"),
        {"sqlite_autoincrement": True},
    )


class RequestRow(Base):
    """What a citizen left instead of waiting: a callback, a written answer, a request."""

    __tablename__ = "requests"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(36), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    """`rueckruf`, `schreiben` or `anliegen`."""
    service: Mapped[str | None] = mapped_column(String(80))
    office: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Moment)
    promised_for: Mapped[date] = mapped_column(Date)
    reference: Mapped[str | None] = mapped_column(String(40))
    """The case's number, once the portal has it."""
    body: Mapped[Any] = mapped_column(EncryptedJSON)
    """`{text, telefon?, zeit?, kanal?, adresse?}`."""

    __table_args__ = (UniqueConstraint("reference"),)


class JobRow(Base):
    """A periodic job: who runs it now, and when it ran last."""

    __tablename__ = "jobs"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    taken_until: Mapped[datetime | None] = mapped_column(Moment)
    last_run: Mapped[datetime | None] = mapped_column(Moment)
    """When it last ended well."""
    not_before: Mapped[datetime | None] = mapped_column(Moment)
    """When it is tried again after a failure."""
    failures: Mapped[int] = mapped_column(default=0)
    """Failed runs since the last good one."""
    error: Mapped[str | None] = mapped_column(String(80))
    """Class of the last error, never its text."""
