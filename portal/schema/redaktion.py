"""What editors changed in the catalogue, version by version, and what they looked at again."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, Moment


class AenderungZeile(Base):
    """One version of one key of one service, as one tier's editor wrote it. Rows are added, never rewritten.

    The newest row in force counts. `basis` names the version that it follows; two rows in force never follow the same
    one, so that of two editors at once the second is told.
    """

    __tablename__ = "katalog_aenderung"
    __table_args__ = (
        UniqueConstraint("gebiet", "leistung", "schluessel", "nummer"),
        Index(
            "ux_katalog_aenderung_basis",
            "gebiet",
            "leistung",
            "schluessel",
            "basis",
            unique=True,
            sqlite_where=text("status = 'gilt'"),
            postgresql_where=text("status = 'gilt'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    ebene: Mapped[str] = mapped_column(String(8))
    """eu, bund, land, kommune."""
    gebiet: Mapped[str] = mapped_column(String(8))
    """eu, bund, the Land or the Amtlicher Gemeindeschlüssel: the tier's word holds only there."""
    leistung: Mapped[str] = mapped_column(String(80), index=True)
    schluessel: Mapped[str] = mapped_column(String(40))
    nummer: Mapped[int]
    basis: Mapped[int]
    """Number of the version that this one follows; 0 for what the files say."""
    art: Mapped[str] = mapped_column(String(16))
    """setzen, zuruecknehmen (the files count again)."""
    eingabe: Mapped[str] = mapped_column(Text)
    quelle: Mapped[str] = mapped_column(String(300))
    marke: Mapped[str] = mapped_column(String(16))
    gueltig_ab: Mapped[date]
    grund: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12))
    """vorschlag (open to votes), gilt, abgelehnt."""
    personal_id: Mapped[str] = mapped_column(String(36))
    funktion: Mapped[str] = mapped_column(String(120))
    """As the public reads it; no name."""
    angelegt_utc: Mapped[datetime] = mapped_column(Moment)
    antwort: Mapped[str | None] = mapped_column(Text)
    """The public answer to those who voted."""
    entschieden_utc: Mapped[datetime | None] = mapped_column(Moment)


class SichtungZeile(Base):
    """A tier's own value was looked at (or written) beside what the tiers above said at that moment."""

    __tablename__ = "katalog_sichtung"
    __table_args__ = (Index("ix_katalog_sichtung_wert", "gebiet", "leistung", "schluessel", "wert_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    gebiet: Mapped[str] = mapped_column(String(8))
    leistung: Mapped[str] = mapped_column(String(80))
    schluessel: Mapped[str] = mapped_column(String(40))
    wert_sha256: Mapped[str] = mapped_column(String(64))
    eltern_sha256: Mapped[str] = mapped_column(String(64))
    am_utc: Mapped[datetime] = mapped_column(Moment)
    personal_id: Mapped[str | None] = mapped_column(String(36))
    """None where the portal itself saw the value for the first time."""


class StimmeZeile(Base):
    """One account's vote on a proposed change. Holds no account: its id enters only a keyed hash."""

    __tablename__ = "katalog_stimme"

    aenderung_id: Mapped[str] = mapped_column(
        ForeignKey("katalog_aenderung.id", ondelete="CASCADE"), primary_key=True
    )
    stimmrecht: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Keyed hash of change and account: tells that somebody voted, not who."""
    dafuer: Mapped[bool]


class KatalogstandZeile(Base):
    """Which state of the catalogue holds: one row, counted up with each change that comes into force and each reload."""

    __tablename__ = "katalog_stand"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    nummer: Mapped[int]
