"""When each periodic job ran last, when it runs next, and who holds it."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, Moment


class AuftragZeile(Base):
    """One job. Whoever holds the lease runs it; nobody else does until the lease ends."""

    __tablename__ = "auftrag"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    naechster_lauf_utc: Mapped[datetime] = mapped_column(Moment)
    halter: Mapped[str | None] = mapped_column(String(36))
    """Random id of the run that holds the lease."""
    gehalten_bis_utc: Mapped[datetime | None] = mapped_column(Moment)
    zuletzt_gut_utc: Mapped[datetime | None] = mapped_column(Moment)
    fehlversuche: Mapped[int] = mapped_column(default=0)
    """Failed runs since the last good one."""
    fehler: Mapped[str | None] = mapped_column(String(80))
    """Class of the last error, never its text."""
