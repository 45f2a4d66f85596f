"""Files that citizens uploaded, encrypted at rest with their own keys, and to which case each was released."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from portal.schema.base import Base, EncryptedForPerson, EncryptedJSON, Moment


class DokumentZeile(Base):
    """One uploaded file; its bytes are read only when asked for."""

    __tablename__ = "dokument"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    entwurf_id: Mapped[str | None] = mapped_column(ForeignKey("entwurf.id"), index=True)
    """None: kept with the citizen's own data."""
    nachweis: Mapped[str | None] = mapped_column(String(80))
    art: Mapped[str | None] = mapped_column(String(40))
    """Kind of a document of her own: a key of `portal.domain.unterlagen.ARTEN`."""
    belegt: Mapped[list[str]] = mapped_column(JSON)
    """Master data that it proves."""
    gueltig_bis: Mapped[date | None]
    scanner: Mapped[str] = mapped_column(String(60))
    """Which scanner let it pass, in words."""
    kopie: Mapped[bool]
    """Marked as a copy (§ 20 Abs. 2 PAuswG)."""
    dateiname: Mapped[str] = mapped_column(EncryptedJSON)
    medientyp: Mapped[str] = mapped_column(String(40))
    groesse: Mapped[int]
    """Bytes."""
    sha256: Mapped[str] = mapped_column(String(64))
    inhalt: Mapped[bytes] = deferred(mapped_column(EncryptedForPerson))
    hochgeladen_utc: Mapped[datetime] = mapped_column(Moment)


class DokumentfreigabeZeile(Base):
    """One document released to the office of one case; revocable until the office has opened it."""

    __tablename__ = "dokument_freigabe"
    __table_args__ = (UniqueConstraint("dokument_id", "vorgang_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    dokument_id: Mapped[str] = mapped_column(ForeignKey("dokument.id"))
    vorgang_id: Mapped[str] = mapped_column(ForeignKey("vorgang.id"), index=True)
    label: Mapped[str] = mapped_column(String(200))
    """What it is, as office and citizen read it."""
    erteilt_utc: Mapped[datetime] = mapped_column(Moment)
    widerrufen_utc: Mapped[datetime | None] = mapped_column(Moment)
    genutzt_utc: Mapped[datetime | None] = mapped_column(Moment)
    """When the office first opened it."""
