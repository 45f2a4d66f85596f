"""Which reminders went out, and the addresses under which calendars subscribe to deadlines."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, Moment


class ErinnerungZeile(Base):
    """One reminder that went out: at most one per deadline and day before its end."""

    __tablename__ = "erinnerung"

    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), primary_key=True)
    frist: Mapped[str] = mapped_column(String(80), primary_key=True)
    """Key of the deadline."""
    ende: Mapped[date] = mapped_column(primary_key=True)
    tage: Mapped[int] = mapped_column(primary_key=True)
    am_utc: Mapped[datetime] = mapped_column(Moment)


class KalenderaboZeile(Base):
    """A secret address under which a calendar reads the deadlines; known only as a hash."""

    __tablename__ = "kalenderabo"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    geheimnis_hash: Mapped[str] = mapped_column(String(64), unique=True)
    angelegt_utc: Mapped[datetime] = mapped_column(Moment)
    zuletzt_utc: Mapped[datetime | None] = mapped_column(Moment)
    widerrufen_utc: Mapped[datetime | None] = mapped_column(Moment)
