"""Decisions: provided here by an office, or noted by a citizen from her own letters."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from portal.schema.base import Base, EncryptedBytes, EncryptedJSON, Moment


class BescheidZeile(Base):
    """One decision with what its deadline is computed from."""

    __tablename__ = "bescheid"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    vorgang_id: Mapped[str | None] = mapped_column(ForeignKey("vorgang.id"), index=True)
    quelle: Mapped[str] = mapped_column(String(12))
    """stelle (an office provided it) or angabe (the citizen noted a letter)."""
    leistung: Mapped[str] = mapped_column(String(80))
    leistung_name: Mapped[str] = mapped_column(String(120))
    stelle_id: Mapped[str | None] = mapped_column(String(80), index=True)
    stelle: Mapped[str] = mapped_column(String(300))
    norm: Mapped[str | None] = mapped_column(String(20))
    """A norm of portal.domain.bekanntgabe; None: the way is not known."""
    betreff: Mapped[str] = mapped_column(EncryptedJSON)
    bescheiddatum: Mapped[date]
    beginn: Mapped[date | None]
    """The day that the norm counts from, where it is not an act in this portal (posting, delivery)."""
    zugang: Mapped[date | None]
    """Proven receipt."""
    belehrung: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    """`vorhanden`, `weg`, `stelle`, `monate`, `text`."""
    daten: Mapped[dict[str, str] | None] = mapped_column(EncryptedJSON)
    """Values of the decision that she may add to her master data: field → value; emptied once she decided."""
    status: Mapped[str] = mapped_column(String(16))
    """bereit, abgerufen, versandt (by post), beendet (not fetched in time), notiert (her own letter)."""
    dateiname: Mapped[str | None] = mapped_column(EncryptedJSON)
    sha256: Mapped[str | None] = mapped_column(String(64))
    datei: Mapped[bytes | None] = deferred(mapped_column(EncryptedBytes))
    hinweis_id: Mapped[str | None] = mapped_column(String(36))
    angelegt_utc: Mapped[datetime] = mapped_column(Moment)
    hinweis_utc: Mapped[datetime | None] = mapped_column(Moment)
    """When the notice of the provision went out."""
    abgerufen_utc: Mapped[datetime | None] = mapped_column(Moment)
    beendet_utc: Mapped[datetime | None] = mapped_column(Moment)
    ersatz_utc: Mapped[datetime | None] = mapped_column(Moment)
    """When the office noted that it sent an ended one otherwise."""
    erledigt_utc: Mapped[datetime | None] = mapped_column(Moment)
    """When she said that she needs no deadline for it any more."""


class RueckfrageZeile(Base):
    """One question of an office on a case, and its answer."""

    __tablename__ = "rueckfrage"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    vorgang_id: Mapped[str] = mapped_column(ForeignKey("vorgang.id"), index=True)
    frage: Mapped[str] = mapped_column(EncryptedJSON)
    von: Mapped[str] = mapped_column(String(300))
    bis: Mapped[date | None]
    """Day that the office set; it holds even on a Sunday."""
    gestellt_utc: Mapped[datetime] = mapped_column(Moment)
    antwort: Mapped[str | None] = mapped_column(EncryptedJSON)
    dokument_id: Mapped[str | None] = mapped_column(ForeignKey("dokument.id"))
    """A file that came with the answer: a document of hers, released to this case."""
    beantwortet_utc: Mapped[datetime | None] = mapped_column(Moment)
    kanal: Mapped[str | None] = mapped_column(String(12))
    """portal or chat."""
