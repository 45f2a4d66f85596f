"""Master data of a citizen, each value with its source and date."""

from datetime import date

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedJSON


class StammdatumRow(Base):
    """One master datum of one account."""

    __tablename__ = "stammdatum"

    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), primary_key=True)
    feld: Mapped[str] = mapped_column(String(40), primary_key=True)
    wert: Mapped[str] = mapped_column(EncryptedJSON)
    quelle: Mapped[str] = mapped_column(String(40))
    vertrauen: Mapped[str] = mapped_column(String(12))
    stand: Mapped[date] = mapped_column(Date)
