"""Files that citizens uploaded, encrypted at rest."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from portal.schema.base import Base, EncryptedForPerson, EncryptedJSON, Moment


class DokumentZeile(Base):
    """One uploaded file; its bytes are read only when asked for."""

    __tablename__ = "dokument"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    entwurf_id: Mapped[str] = mapped_column(ForeignKey("entwurf.id"), index=True)
    nachweis: Mapped[str] = mapped_column(String(80))
    dateiname: Mapped[str] = mapped_column(EncryptedJSON)
    medientyp: Mapped[str] = mapped_column(String(40))
    groesse: Mapped[int]
    """Bytes."""
    sha256: Mapped[str] = mapped_column(String(64))
    inhalt: Mapped[bytes] = deferred(mapped_column(EncryptedForPerson))
    hochgeladen_utc: Mapped[datetime] = mapped_column(Moment)
