"""Appointments of citizens, and the demo calendar's own book of occupied places."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, Moment


class TerminZeile(Base):
    """One appointment. At most one that is booked per account and service (partial unique index)."""

    __tablename__ = "termin"
    __table_args__ = (
        Index(
            "ux_termin_gebucht",
            "konto_id",
            "leistung",
            unique=True,
            sqlite_where=text("status = 'gebucht'"),
            postgresql_where=text("status = 'gebucht'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    leistung: Mapped[str] = mapped_column(String(80))
    leistung_name: Mapped[str] = mapped_column(String(120))
    stelle_id: Mapped[str] = mapped_column(String(80))
    stelle: Mapped[str] = mapped_column(String(200))
    ort: Mapped[str | None] = mapped_column(String(300))
    beginn_utc: Mapped[datetime] = mapped_column(Moment)
    ende_utc: Mapped[datetime] = mapped_column(Moment)
    buchung: Mapped[str] = mapped_column(String(80))
    """Number under which the office's calendar knows it."""
    status: Mapped[str] = mapped_column(String(16))
    """gebucht, abgesagt, vergangen."""
    folge: Mapped[int]
    """How often it was changed (SEQUENCE of the calendar file)."""
    gebucht_utc: Mapped[datetime] = mapped_column(Moment)
    geaendert_utc: Mapped[datetime] = mapped_column(Moment)


class TerminPlatzZeile(Base):
    """One occupied place of the demo calendar. The primary key lets nobody book it twice."""

    __tablename__ = "termin_platz"

    stelle_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    beginn_utc: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    platz: Mapped[int] = mapped_column(primary_key=True)
    buchung: Mapped[str] = mapped_column(String(80), unique=True)
