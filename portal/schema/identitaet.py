"""What an identity provider or the Bürgerbüro says about a citizen, until she has decided on each value; one-time codes."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedJSON, Moment


class DatenvorschlagRow(Base):
    """Values that became known by a proof. None is master data before the citizen agrees to it."""

    __tablename__ = "datenvorschlag"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    quelle: Mapped[str] = mapped_column(String(40))
    werte: Mapped[list[list[str]]] = mapped_column(EncryptedJSON)
    """`[field, value, trust]` each."""
    umstand: Mapped[str] = mapped_column(EncryptedJSON)
    """Where it comes from, in words: office and document type, or the provider's name."""
    angelegt_at: Mapped[datetime] = mapped_column(Moment)
    erledigt_at: Mapped[datetime | None] = mapped_column(Moment)


class IdentcodeRow(Base):
    """A one-time code that the citizen brings to the Bürgerbüro; keyed hash, one use."""

    __tablename__ = "identcode"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    zweck: Mapped[str] = mapped_column(String(12))
    """ident or entsperren."""
    laeuft_ab_at: Mapped[datetime] = mapped_column(Moment)
    eingeloest_at: Mapped[datetime | None] = mapped_column(Moment)
