"""Server-side sessions and the one-time requests to prove an identity."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedJSON, Moment


class SitzungRow(Base):
    """A login. The browser holds a random secret, this row its hash; revoked by `beendet_at`."""

    __tablename__ = "sitzung"
    __table_args__ = (CheckConstraint("(konto_id IS NULL) <> (personal_id IS NULL)", name="eine_person"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """`sid`: the public half, named in tokens."""
    geheimnis_hash: Mapped[str] = mapped_column(String(64), unique=True)
    konto_id: Mapped[str | None] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    personal_id: Mapped[str | None] = mapped_column(ForeignKey("personal.id", ondelete="CASCADE"), index=True)
    vertrauen: Mapped[str] = mapped_column(String(12))
    """`niedrig`, `substantiell` or `hoch`: how well this session's identity is proved."""
    angelegt_at: Mapped[datetime] = mapped_column(Moment)
    zuletzt_at: Mapped[datetime] = mapped_column(Moment)
    laeuft_ab_at: Mapped[datetime] = mapped_column(Moment)
    beendet_at: Mapped[datetime | None] = mapped_column(Moment)
    bestaetigt_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the person last confirmed with a second factor (or an eID) in this session."""
    herkunft: Mapped[dict[str, str] | None] = mapped_column(EncryptedJSON)
    """`geraet` ("Firefox, Linux"), `netz` (coarse: "91.12.…"); no full address."""


class NachweisanfrageRow(Base):
    """One way to an identity provider and back; its answer counts once."""

    __tablename__ = "nachweisanfrage"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """What goes to the provider and comes back: `state`, SAML request id."""
    zweck: Mapped[str] = mapped_column(String(12))
    """nachweis, anmelden, verknuepfen, entsperren."""
    halter_hash: Mapped[str] = mapped_column(String(64), index=True)
    """Hash of the session's, of the login's or of the visit's id: only that browser's answer counts."""
    anbieter: Mapped[str] = mapped_column(String(40))
    zurueck: Mapped[str] = mapped_column(String(500))
    """Own path to return to."""
    geheim: Mapped[dict[str, str]] = mapped_column(EncryptedJSON)
    """What only this side knows: `nonce`, `verifier`."""
    angelegt_at: Mapped[datetime] = mapped_column(Moment)
    eingeloest_at: Mapped[datetime | None] = mapped_column(Moment)
