"""Draft applications (Antragsentwurf) and the releases that citizens gave for them."""

from datetime import datetime
from typing import NotRequired, TypedDict

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedJSON, Moment


class Antwort(TypedDict):
    """One answer of a draft. `vorschlag`: offered from stored data, not released yet; `freigabe`: id of its release."""

    wert: str | int | None
    quelle: str
    quelle_label: str
    stand: str
    vorschlag: bool
    freigabe: NotRequired[str]
    auswertung: NotRequired[dict[str, str]]
    """Of an answer instead of a paper: regel, version, herkunft (erklaert, belegt)."""


class Beleg(TypedDict):
    """One piece of evidence: a document id, or the promise to send it later."""

    dokument: str | None
    spaeter: bool


class EntwurfZeile(Base):
    """One draft. At most one unfinished draft per account and service (partial unique index)."""

    __tablename__ = "entwurf"
    __table_args__ = (
        Index(
            "ux_entwurf_unfertig",
            "konto_id",
            "leistung",
            unique=True,
            sqlite_where=text("status IN ('offen', 'vorbereitet')"),
            postgresql_where=text("status IN ('offen', 'vorbereitet')"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    leistung: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    """offen, vorbereitet, abgegeben, verworfen."""
    felder: Mapped[dict[str, Antwort]] = mapped_column(EncryptedJSON)
    nachweise: Mapped[dict[str, Beleg]] = mapped_column(EncryptedJSON)
    vertretung_id: Mapped[str | None] = mapped_column(String(36))
    """The power under which she acts for somebody else."""
    erstellt_utc: Mapped[datetime] = mapped_column(Moment)
    geaendert_utc: Mapped[datetime] = mapped_column(Moment)


class FreigabeZeile(Base):
    """The record of one release: who got the permission to use which fields, for what, on which basis."""

    __tablename__ = "freigabe"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    entwurf_id: Mapped[str] = mapped_column(ForeignKey("entwurf.id"), index=True)
    leistung: Mapped[str] = mapped_column(String(80))
    zweck: Mapped[str] = mapped_column(String(400))
    stelle: Mapped[str] = mapped_column(String(200))
    behoerde: Mapped[str] = mapped_column(String(200))
    felder: Mapped[list[str]] = mapped_column(JSON)
    rechtsgrundlage: Mapped[str] = mapped_column(String(400))
    textversion: Mapped[str] = mapped_column(String(40))
    sprache: Mapped[str] = mapped_column(String(8))
    erteilt_utc: Mapped[datetime] = mapped_column(Moment)
    gueltig_bis_utc: Mapped[datetime | None] = mapped_column(Moment)
    """After this moment it releases nothing any more; None in releases from before this was noted."""
    widerrufen_utc: Mapped[datetime | None] = mapped_column(Moment)
