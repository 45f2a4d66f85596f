"""The citizen's postbox in the portal."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedJSON, Moment


class NachrichtZeile(Base):
    """One message in the postbox; subject and text are encrypted."""

    __tablename__ = "postfach_nachricht"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    art: Mapped[str] = mapped_column(String(20))
    """eingang (receipt), vorbereitung, status."""
    absender: Mapped[str] = mapped_column(String(200))
    betreff: Mapped[str] = mapped_column(EncryptedJSON)
    text: Mapped[str] = mapped_column(EncryptedJSON)
    vorgang_id: Mapped[str | None] = mapped_column(ForeignKey("vorgang.id"), index=True)
    entwurf_id: Mapped[str | None] = mapped_column(ForeignKey("entwurf.id"))
    eingegangen_utc: Mapped[datetime] = mapped_column(Moment)
    gelesen_utc: Mapped[datetime | None] = mapped_column(Moment)
