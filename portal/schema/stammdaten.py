"""Master data of a citizen, each value with its source and date."""

from datetime import date

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedJSON


class StammdatumRow(Base):
    """One master datum of one account."""

    __tablename__ = "stammdatum"

    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), primary_key=True)
    feld: Mapped[str] = mapped_column(String(40), primary_key=True)
    wert: Mapped[str] = mapped_column(EncryptedJSON)
    quelle: Mapped[str] = mapped_column(String(40))
    vertrauen: Mapped[str] = mapped_column(String(12))
    stand: Mapped[date] = mapped_column(Date)
    gueltig_bis: Mapped[date | None] = mapped_column(Date)
    """Last day on which the value may be used without asking again; None for no end."""


class HaushaltZeile(Base):
    """One person who lives with the citizen, as she says it."""

    __tablename__ = "haushalt"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    person: Mapped[dict[str, str]] = mapped_column(EncryptedJSON)
    """vornamen, familienname, geburtsdatum (ISO), beziehung."""
    stand: Mapped[date] = mapped_column(Date)
