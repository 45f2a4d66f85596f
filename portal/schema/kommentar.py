"""Public comments on published processes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, Moment


class KommentarZeile(Base):
    """One comment: public at once, plain text, moderated afterwards by the tier that answers for its topic."""

    __tablename__ = "kommentar"
    __table_args__ = (
        Index("ix_kommentar_thema_am_utc", "thema", "am_utc"),
        Index("ix_kommentar_absender_am_utc", "absender", "am_utc"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    thema: Mapped[str] = mapped_column(String(90))
    """`leistung:<id>` or `verarbeitung`."""
    ebene: Mapped[str] = mapped_column(String(8))
    """The tier that answers: the one from which the commented value comes."""
    schluessel: Mapped[str | None] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    konto_id: Mapped[str | None] = mapped_column(ForeignKey("konto.id", ondelete="SET NULL"))
    """Of whoever was logged in; never shown."""
    angemeldet: Mapped[bool]
    absender: Mapped[str | None] = mapped_column(String(64))
    """Keyed hash that slows down floods; emptied when the window is over."""
    am_utc: Mapped[datetime] = mapped_column(Moment)
    entfernt_grund: Mapped[str | None] = mapped_column(Text)
    """Why the editor hid the text; None while it is public."""
    antwort: Mapped[str | None] = mapped_column(Text)
    funktion: Mapped[str | None] = mapped_column(String(120))
    """Whose answer or removal it is."""
    beantwortet_utc: Mapped[datetime | None] = mapped_column(Moment)
