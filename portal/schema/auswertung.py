"""Answers instead of papers: what a rule made of a value or a document, signed."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedBytes, EncryptedJSON, Moment


class AuswertungZeile(Base):
    """One signed answer in one draft; a later one for the same field replaces it."""

    __tablename__ = "auswertung"

    entwurf_id: Mapped[str] = mapped_column(ForeignKey("entwurf.id"), primary_key=True)
    feld: Mapped[str] = mapped_column(String(80), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    regel: Mapped[str] = mapped_column(String(40))
    regel_version: Mapped[str] = mapped_column(String(20))
    aussage: Mapped[str] = mapped_column(EncryptedJSON)
    herkunft: Mapped[str] = mapped_column(String(12))
    """erklaert, belegt."""
    token: Mapped[bytes] = mapped_column(EncryptedBytes)
    erstellt_utc: Mapped[datetime] = mapped_column(Moment)
