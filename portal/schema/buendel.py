"""How far a citizen is with a life situation, and how often services are used together."""

from datetime import date, datetime
from typing import Literal, TypedDict

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedJSON, Moment


class Haken(TypedDict):
    """What the citizen herself said of one step. `am`: ISO day."""

    stand: Literal["erledigt", "entfaellt"]
    am: str


class BuendelZeile(Base):
    """One citizen's life situation: her ticks by service. What she delivered is in `vorgang`."""

    __tablename__ = "buendel"

    konto_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    lebenslage: Mapped[str] = mapped_column(String(80), primary_key=True)
    haken: Mapped[dict[str, Haken]] = mapped_column(EncryptedJSON)
    neu_ab_utc: Mapped[datetime | None] = mapped_column(Moment)
    """Begun anew then: cases from before do not count. None: all count."""
    geaendert_utc: Mapped[datetime] = mapped_column(Moment)


class MitnutzungZeile(Base):
    """On how many occasions of one day two services were used by the same person. Nothing says by whom."""

    __tablename__ = "mitnutzung"

    tag: Mapped[date] = mapped_column(primary_key=True)
    leistung_a: Mapped[str] = mapped_column(String(80), primary_key=True)
    """The pair in alphabetical order."""
    leistung_b: Mapped[str] = mapped_column(String(80), primary_key=True)
    anzahl: Mapped[int]
