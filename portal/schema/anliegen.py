"""Requests that citizens left in the chat instead of waiting: cases without a form, with a promised date."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedJSON, Moment

__all__ = ["AnliegenZeile"]


class AnliegenZeile(Base):
    """One request."""

    __tablename__ = "anliegen"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    aktenzeichen: Mapped[str] = mapped_column(String(40), unique=True)
    konto_id: Mapped[str | None] = mapped_column(String(36), index=True)
    """The citizen's account, if the conversation was tied to one."""
    unterhaltung: Mapped[str] = mapped_column(String(64))
    wunsch: Mapped[str] = mapped_column(String(12))
    """rueckruf, schreiben or anliegen."""
    leistung: Mapped[str | None] = mapped_column(String(80))
    thema: Mapped[str] = mapped_column(String(200))
    stelle_id: Mapped[str] = mapped_column(String(80), index=True)
    stelle: Mapped[str] = mapped_column(String(200))
    behoerde: Mapped[str] = mapped_column(String(200))
    inhalt: Mapped[Any] = mapped_column(EncryptedJSON)
    """`{text, zusammenfassung: [text], telefon?, zeit?, adresse?}`."""
    zugesagt_bis: Mapped[date] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(12))
    """offen or erledigt."""
    antwort: Mapped[Any | None] = mapped_column(EncryptedJSON)
    """The office's answer, as the citizen reads it."""
    eingegangen_utc: Mapped[datetime] = mapped_column(Moment)
    erledigt_utc: Mapped[datetime | None] = mapped_column(Moment)
