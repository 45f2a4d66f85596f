"""Citizens' accounts and the failed logins that slow down guessing."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, Moment


class KontoRow(Base):
    """One citizen's account. Everything personal lies in the (encrypted) master data, not here."""

    __tablename__ = "konto"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    anmeldename: Mapped[str] = mapped_column(String(120), unique=True)
    """Lower case; `extern:<id>` where only an identity provider leads in."""
    passwort_hash: Mapped[str] = mapped_column(String(200))
    """argon2id, in its own encoded form; empty where only an identity provider leads in."""
    angelegt_at: Mapped[datetime] = mapped_column(Moment)
    gesperrt_at: Mapped[datetime | None] = mapped_column(Moment)
    """Locked until an identity is proved again: no session, no token, no act."""
    buergerident_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the Bürgerbüro last checked her ID card: a mark of this portal, no level of eIDAS."""


class GespraechsloeschungRow(Base):
    """A deleted account whose conversations the gateway has still to delete; goes when it has."""

    __tablename__ = "gespraechsloeschung"

    konto: Mapped[str] = mapped_column(String(36), primary_key=True)
    angelegt_at: Mapped[datetime] = mapped_column(Moment)


class FehlversuchRow(Base):
    """One failed login, once for the name tried and once for the address it came from."""

    __tablename__ = "fehlversuch"
    __table_args__ = (Index("ix_fehlversuch_schluessel_at", "schluessel", "at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    schluessel: Mapped[str] = mapped_column(String(64))
    """Keyed hash of the name or of the address; neither is stored."""
    at: Mapped[datetime] = mapped_column(Moment)
