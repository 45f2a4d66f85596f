"""Documents that two citizens sign with each other, each in her own account."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from portal.schema.base import Base, EncryptedBytes, EncryptedJSON, Moment


class VereinbarungZeile(Base):
    """One document of two people. The invitation's code is known as a hash only and counts once."""

    __tablename__ = "vereinbarung"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    art: Mapped[str] = mapped_column(String(40))
    """wohnungsgeberbestaetigung"""
    mieter_konto_id: Mapped[str | None] = mapped_column(
        ForeignKey("konto.id", ondelete="SET NULL"), index=True
    )
    wohnungsgeber_konto_id: Mapped[str | None] = mapped_column(
        ForeignKey("konto.id", ondelete="SET NULL"), index=True
    )
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_bis_utc: Mapped[datetime] = mapped_column(Moment)
    inhalt: Mapped[dict[str, str]] = mapped_column(EncryptedJSON)
    unterschriften: Mapped[dict[str, dict[str, Any]]] = mapped_column(EncryptedJSON)
    """Role → `name`, `am`, `vertrauen`, `sha256` of what was signed."""
    status: Mapped[str] = mapped_column(String(16))
    """offen, unterzeichnet, beendet."""
    pdf: Mapped[bytes | None] = deferred(mapped_column(EncryptedBytes))
    angelegt_utc: Mapped[datetime] = mapped_column(Moment)
    geaendert_utc: Mapped[datetime] = mapped_column(Moment)
