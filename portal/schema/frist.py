"""Deadlines that stand on a citizen's start page."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, Moment


class FristZeile(Base):
    """The deadline of one draft; it follows the draft's answers and is settled when the case is delivered."""

    __tablename__ = "frist"

    entwurf_id: Mapped[str] = mapped_column(ForeignKey("entwurf.id"), primary_key=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    leistung: Mapped[str] = mapped_column(String(80))
    leistung_name: Mapped[str] = mapped_column(String(120))
    ende: Mapped[date | None]
    """Last day, None when the service knows no end but only a first day."""
    gezaehlt_ab: Mapped[date | None]
    """Day of the event from which the end is counted, where it is counted at all."""
    ab: Mapped[date | None]
    """First day on which the declaration is possible, if it lies in the future."""
    text: Mapped[str] = mapped_column(String(300))
    recht: Mapped[str] = mapped_column(String(200))
    marke: Mapped[str] = mapped_column(String(20))
    erledigt_utc: Mapped[datetime | None] = mapped_column(Moment)
