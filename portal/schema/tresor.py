"""The vault: numbers that were recognised in a chat, kept out of the chat's own storage."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedJSON, Moment


class TresorZeile(Base):
    """One number of one conversation; others hold only its reference."""

    __tablename__ = "tresor"

    ref: Mapped[str] = mapped_column(String(60), primary_key=True)
    unterhaltung: Mapped[str] = mapped_column(String(64), index=True)
    art: Mapped[str] = mapped_column(String(20))
    """iban, steuer_id, dokument."""
    wert: Mapped[str] = mapped_column(EncryptedJSON)
    anzeige: Mapped[str] = mapped_column(String(60))
    """Masked, fit for the chat."""
    erstellt_utc: Mapped[datetime] = mapped_column(Moment)
