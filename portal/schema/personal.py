"""People who work for the town: clerks of chats, Sachbearbeiter of an office, leads."""

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, Moment


class PersonalRow(Base):
    """One staff account. A citizen sees only its function and office, never a name."""

    __tablename__ = "personal"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    anmeldename: Mapped[str] = mapped_column(String(120), unique=True)
    passwort_hash: Mapped[str] = mapped_column(String(200))
    rollen: Mapped[list[str]] = mapped_column(JSON)
    """Of `clerk`, `lead`, `editor`, `admin` (console), `sachbearbeiter` (office inbox), `ident` (checks ID cards) and `redaktion-<tier>` (catalogue)."""
    stelle: Mapped[str | None] = mapped_column(String(80))
    """Id of the office in the catalogue's stellen.yml; None for the chat service of the whole town."""
    stelle_name: Mapped[str] = mapped_column(String(120))
    funktion: Mapped[str] = mapped_column(String(120))
    themen: Mapped[list[str]] = mapped_column(JSON)
    """Service ids whose chats this person sees; `*` for all."""
    angelegt_at: Mapped[datetime] = mapped_column(Moment)
