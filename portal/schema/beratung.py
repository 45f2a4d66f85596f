"""What clerks of the chat do with a citizen's data: what she released to them, and Vermerke for the file."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedBytes, EncryptedJSON, Moment


class ChatfreigabeZeile(Base):
    """One release to a clerk's office, given in the chat: a data set or one document. Holds no values."""

    __tablename__ = "chatfreigabe"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    unterhaltung: Mapped[str] = mapped_column(String(64), index=True)
    art: Mapped[str] = mapped_column(String(12))
    """daten or dokument."""
    inhalt: Mapped[list[str]] = mapped_column(JSON)
    """Ids of the master data, or of the one document."""
    label: Mapped[str] = mapped_column(String(200))
    zweck: Mapped[str] = mapped_column(String(400))
    stelle: Mapped[str] = mapped_column(String(200))
    rechtsgrundlage: Mapped[str] = mapped_column(String(400))
    textversion: Mapped[str] = mapped_column(String(40))
    erteilt_utc: Mapped[datetime] = mapped_column(Moment)
    widerrufen_utc: Mapped[datetime | None] = mapped_column(Moment)


class VermerkZeile(Base):
    """A note for the file of one application: what was said in the chat, as the clerk filed it."""

    __tablename__ = "vermerk"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    entwurf_id: Mapped[str] = mapped_column(ForeignKey("entwurf.id"), index=True)
    funktion: Mapped[str] = mapped_column(String(200))
    stelle: Mapped[str] = mapped_column(String(200))
    personal_id: Mapped[str] = mapped_column(String(64))
    angelegt_utc: Mapped[datetime] = mapped_column(Moment)
    inhalt: Mapped[Any] = mapped_column(EncryptedJSON)
    """`{text, verlauf: [{am, wer, text}]}`."""
    json: Mapped[bytes] = mapped_column(EncryptedBytes)
    """Canonical JSON, UTF-8."""
    sha256: Mapped[str] = mapped_column(String(64))
