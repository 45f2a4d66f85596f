"""First answers to writes, so that the same key does the same thing once."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedJSON, Moment


class IdempotenzZeile(Base):
    """The answer that a caller got for a key; written in the transaction of the change itself."""

    __tablename__ = "idempotenz"

    aufrufer: Mapped[str] = mapped_column(String(120), primary_key=True)
    """Service and conversation."""
    schluessel: Mapped[str] = mapped_column(String(200), primary_key=True)
    aufruf: Mapped[str] = mapped_column(String(300))
    """Method and path: a key used for another call is refused."""
    status: Mapped[int]
    antwort: Mapped[dict[str, object]] = mapped_column(EncryptedJSON)
    am_utc: Mapped[datetime] = mapped_column(Moment)
