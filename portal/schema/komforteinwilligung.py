"""Consents to what the portal does for a citizen beyond her cases: reminders, offering earlier answers."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, Moment


class KomforteinwilligungZeile(Base):
    """One consent, and its withdrawal; at most one holds per person and purpose (partial unique index)."""

    __tablename__ = "komforteinwilligung"
    __table_args__ = (
        Index(
            "ux_komforteinwilligung_gilt",
            "konto_id",
            "zweck",
            unique=True,
            sqlite_where=text("widerrufen_utc IS NULL"),
            postgresql_where=text("widerrufen_utc IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    zweck: Mapped[str] = mapped_column(String(40))
    """Key of portal.domain.einwilligung.KOMFORT."""
    textversion: Mapped[str] = mapped_column(String(40))
    sprache: Mapped[str] = mapped_column(String(8))
    erteilt_utc: Mapped[datetime] = mapped_column(Moment)
    widerrufen_utc: Mapped[datetime | None] = mapped_column(Moment)
