"""Which conversation belongs to which citizen's session, and which draft it works on."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, Moment


class BindungZeile(Base):
    """One conversation tied to a session. `entwurf_id` is the conversation's current draft."""

    __tablename__ = "bindung"

    unterhaltung: Mapped[str] = mapped_column(String(64), primary_key=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    sid: Mapped[str] = mapped_column(String(64), index=True)
    entwurf_id: Mapped[str | None] = mapped_column(ForeignKey("entwurf.id"))
    gebunden_utc: Mapped[datetime] = mapped_column(Moment)
