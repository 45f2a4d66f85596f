"""The ways into an account: second factors, recovery codes, logins under way, known devices, one-time links, revocations."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedJSON, Moment

EINE_PERSON = "(konto_id IS NULL) <> (personal_id IS NULL)"


class ZweitfaktorRow(Base):
    """One second factor of a citizen or of a member of staff."""

    __tablename__ = "zweitfaktor"
    __table_args__ = (CheckConstraint(EINE_PERSON, name="eine_person"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str | None] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    personal_id: Mapped[str | None] = mapped_column(ForeignKey("personal.id", ondelete="CASCADE"), index=True)
    art: Mapped[str] = mapped_column(String(10))
    """totp, passkey, sms."""
    name: Mapped[str] = mapped_column(EncryptedJSON)
    """What its owner calls it."""
    geheimnis: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    """totp: `secret`; passkey: `id`, `public_key`, `sign_count`; sms: `nummer`."""
    letzter_schritt: Mapped[int] = mapped_column(BigInteger, default=0)
    """totp: the newest 30-second step that was used; none before it counts any more."""
    angelegt_at: Mapped[datetime] = mapped_column(Moment)
    bestaetigt_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was first used right; before that it counts for nothing."""
    zuletzt_at: Mapped[datetime | None] = mapped_column(Moment)


class RettungscodeRow(Base):
    """One recovery code: 80 random bits, kept as a keyed hash, good for one use."""

    __tablename__ = "rettungscode"
    __table_args__ = (CheckConstraint(EINE_PERSON, name="eine_person"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str | None] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    personal_id: Mapped[str | None] = mapped_column(ForeignKey("personal.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), index=True)
    angelegt_at: Mapped[datetime] = mapped_column(Moment)
    eingeloest_at: Mapped[datetime | None] = mapped_column(Moment)


class HerausforderungRow(Base):
    """What a browser has to answer to: a passkey's challenge or a code sent by SMS. Counts once."""

    __tablename__ = "herausforderung"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    halter: Mapped[str] = mapped_column(String(36), index=True)
    """Id of the session or of the login under way; nobody else's answer counts."""
    art: Mapped[str] = mapped_column(String(12))
    """passkey, passkey_neu, sms."""
    wert: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    laeuft_ab_at: Mapped[datetime] = mapped_column(Moment)
    eingeloest_at: Mapped[datetime | None] = mapped_column(Moment)


class AnmeldungRow(Base):
    """A login under way: the password was right (or the provider answered), something is still missing. No session yet."""

    __tablename__ = "anmeldung"
    __table_args__ = (CheckConstraint(EINE_PERSON, name="eine_person"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    geheimnis_hash: Mapped[str] = mapped_column(String(64), unique=True)
    konto_id: Mapped[str | None] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    personal_id: Mapped[str | None] = mapped_column(ForeignKey("personal.id", ondelete="CASCADE"), index=True)
    schritt: Mapped[str] = mapped_column(String(10))
    """faktor, einrichten (staff without one), gesperrt."""
    vertrauen: Mapped[str] = mapped_column(String(12))
    """Level that the session will have."""
    zurueck: Mapped[str] = mapped_column(String(500))
    herkunft: Mapped[dict[str, str]] = mapped_column(EncryptedJSON)
    """`geraet`, `netz`, `kennung`: as the session will have them."""
    angelegt_at: Mapped[datetime] = mapped_column(Moment)
    laeuft_ab_at: Mapped[datetime] = mapped_column(Moment)
    beendet_at: Mapped[datetime | None] = mapped_column(Moment)


class BekanntRow(Base):
    """A device or a network from which this account was used; only keyed hashes."""

    __tablename__ = "bekannt"
    __table_args__ = (UniqueConstraint("konto_id", "merkmal_hash"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    merkmal_hash: Mapped[str] = mapped_column(String(64))
    zuletzt_at: Mapped[datetime] = mapped_column(Moment)


class WartendesFormularRow(Base):
    """A form that waits until its sender has confirmed with the second factor; nothing typed is lost."""

    __tablename__ = "wartendes_formular"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    sitzung_id: Mapped[str] = mapped_column(ForeignKey("sitzung.id", ondelete="CASCADE"), index=True)
    pfad: Mapped[str] = mapped_column(String(500))
    felder: Mapped[list[list[str]]] = mapped_column(EncryptedJSON)
    """Pairs of name and value, in the form's order."""
    laeuft_ab_at: Mapped[datetime] = mapped_column(Moment)


class SperrlinkRow(Base):
    """The link in a warning: whoever holds it may lock the account, and nothing else."""

    __tablename__ = "sperrlink"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    laeuft_ab_at: Mapped[datetime] = mapped_column(Moment)


class WiderrufRow(Base):
    """An ended session that the conversations have to hear of; kept until its tokens have run out."""

    __tablename__ = "widerruf"
    __table_args__ = (Index("ix_widerruf_offen", "gemeldet_at", "angelegt_at"),)

    sid: Mapped[str] = mapped_column(String(36), primary_key=True)
    angelegt_at: Mapped[datetime] = mapped_column(Moment)
    gemeldet_at: Mapped[datetime | None] = mapped_column(Moment)


class VerknuepfungRow(Base):
    """An account of an identity provider (BundID, OIDC) that leads into an account here."""

    __tablename__ = "verknuepfung"
    __table_args__ = (
        CheckConstraint(EINE_PERSON, name="eine_person"),
        UniqueConstraint("anbieter", "subjekt_hash"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str | None] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    personal_id: Mapped[str | None] = mapped_column(ForeignKey("personal.id", ondelete="CASCADE"), index=True)
    anbieter: Mapped[str] = mapped_column(String(40))
    subjekt_hash: Mapped[str] = mapped_column(String(64))
    """Keyed hash of the provider's pseudonym (`sub`, bPK2)."""
    angelegt_at: Mapped[datetime] = mapped_column(Moment)
    zuletzt_at: Mapped[datetime] = mapped_column(Moment)
