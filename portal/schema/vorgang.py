"""Cases handed in, their way to the office (outbox), the office's inbox, and the history of their status."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedBytes, EncryptedJSON, Moment

__all__ = ["PosteingangZeile", "VorgangStatusZeile", "VorgangZeile", "ZustellungZeile"]


class VorgangZeile(Base):
    """One case: exactly one per confirmed version of a draft."""

    __tablename__ = "vorgang"
    __table_args__ = (UniqueConstraint("entwurf_id", "entwurf_version"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    aktenzeichen: Mapped[str] = mapped_column(String(40), unique=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    entwurf_id: Mapped[str] = mapped_column(ForeignKey("entwurf.id"))
    entwurf_version: Mapped[int]
    leistung: Mapped[str] = mapped_column(String(80))
    leistung_name: Mapped[str] = mapped_column(String(120))
    stelle_id: Mapped[str] = mapped_column(String(80), index=True)
    stelle: Mapped[str] = mapped_column(String(200))
    behoerde: Mapped[str] = mapped_column(String(200))
    wirkung: Mapped[str] = mapped_column(String(16))
    """antrag or anzeige; a Vorbereitung never becomes a case."""
    status: Mapped[str] = mapped_column(String(20))
    """eingegangen, in_bearbeitung, rueckfrage, erledigt, abgelehnt."""
    eingegangen_utc: Mapped[datetime] = mapped_column(Moment)
    paket: Mapped[bytes] = mapped_column(EncryptedBytes)
    """Canonical JSON, UTF-8."""
    paket_sha256: Mapped[str] = mapped_column(String(64))
    pdf: Mapped[bytes] = mapped_column(EncryptedBytes)
    pdf_sha256: Mapped[str] = mapped_column(String(64))


class VorgangStatusZeile(Base):
    """One step in the history of a case, with the sentence that the citizen reads."""

    __tablename__ = "vorgang_status"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    vorgang_id: Mapped[str] = mapped_column(ForeignKey("vorgang.id"), index=True)
    status: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(EncryptedJSON)
    von: Mapped[str] = mapped_column(String(200))
    am_utc: Mapped[datetime] = mapped_column(Moment)


class ZustellungZeile(Base):
    """Outbox: written in the transaction that creates the case, worked off afterwards."""

    __tablename__ = "zustellung"
    __table_args__ = (Index("ix_zustellung_faellig", "status", "naechster_versuch_utc"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    vorgang_id: Mapped[str] = mapped_column(ForeignKey("vorgang.id"), unique=True)
    kanal: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(16))
    """offen, zugestellt."""
    versuche: Mapped[int] = mapped_column(default=0)
    naechster_versuch_utc: Mapped[datetime] = mapped_column(Moment)
    zugestellt_utc: Mapped[datetime | None] = mapped_column(Moment)
    fehler: Mapped[str | None] = mapped_column(String(200))
    """Class of the last error; never its text, which may hold personal data."""


class PosteingangZeile(Base):
    """The office's inbox in this portal: what the first delivery adapter writes, once per case."""

    __tablename__ = "posteingang"

    vorgang_id: Mapped[str] = mapped_column(ForeignKey("vorgang.id"), primary_key=True)
    stelle_id: Mapped[str] = mapped_column(String(80), index=True)
    eingang_utc: Mapped[datetime] = mapped_column(Moment)
    beleg: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of the package that arrived."""
