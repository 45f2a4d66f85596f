"""Notices on their way, how a citizen wants them, and what the demo's senders sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedJSON, Moment


class BenachrichtigungZeile(Base):
    """One notice: written in the transaction that causes it, sent afterwards."""

    __tablename__ = "benachrichtigung"
    __table_args__ = (Index("ix_benachrichtigung_faellig", "status", "faellig_utc"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    anlass: Mapped[str] = mapped_column(String(40))
    kanal: Mapped[str] = mapped_column(String(16))
    """mail, sms, messenger, push; changes when the chosen way turns out closed."""
    verweis: Mapped[str | None] = mapped_column(EncryptedJSON)
    """Own path that the notice leads to; may hold a one-time secret."""
    an: Mapped[str | None] = mapped_column(EncryptedJSON)
    """Address where it is not the account's present one: the old one after a change. Forgotten once the notice is done."""
    status: Mapped[str] = mapped_column(String(16))
    """offen, gesendet, aufgegeben."""
    versuche: Mapped[int] = mapped_column(default=0)
    angelegt_utc: Mapped[datetime] = mapped_column(Moment)
    faellig_utc: Mapped[datetime] = mapped_column(Moment)
    gesendet_utc: Mapped[datetime | None] = mapped_column(Moment)
    fehler: Mapped[str | None] = mapped_column(String(80))
    """Class of the last error, never its text."""


class BenachrichtigungWunschZeile(Base):
    """How one citizen wants to hear of things."""

    __tablename__ = "benachrichtigung_wunsch"

    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), primary_key=True)
    werte: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    """`kanaele` (kind → channel), `ruhe` ([from, to]), `erinnern_tage` (days before a deadline)."""
    geaendert_utc: Mapped[datetime] = mapped_column(Moment)


class DemoAusgangZeile(Base):
    """What the demo's senders would have sent; exists in a demo town only."""

    __tablename__ = "demo_ausgang"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    """The key of the sending: a repetition changes nothing."""
    kanal: Mapped[str] = mapped_column(String(16))
    inhalt: Mapped[dict[str, str]] = mapped_column(EncryptedJSON)
    """`an`, `betreff`, `text`."""
    gesendet_utc: Mapped[datetime] = mapped_column(Moment)


class PushaboZeile(Base):
    """One browser that gets notices by Web Push; goes when the browser, the citizen or the push service ends it."""

    __tablename__ = "pushabo"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    endpunkt_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the address: one browser belongs to one account."""
    abo: Mapped[dict[str, str]] = mapped_column(EncryptedJSON)
    """`endpoint`, `p256dh`, `auth` (base64url) and `geraet`, as its owner reads it."""
    angelegt_utc: Mapped[datetime] = mapped_column(Moment)
