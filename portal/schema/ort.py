"""Which municipality a PLZ belongs to, as imported (public data)."""

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base


class OrtZeile(Base):
    """One municipality in one PLZ. `strassen`: its streets there, empty where nobody listed them."""

    __tablename__ = "ort"

    plz: Mapped[str] = mapped_column(String(5), primary_key=True)
    ags: Mapped[str] = mapped_column(String(8), primary_key=True, index=True)
    ars: Mapped[str | None] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(120))
    amtlich: Mapped[str] = mapped_column(String(160))
    kreis: Mapped[str | None] = mapped_column(String(120))
    strassen: Mapped[list[str]] = mapped_column(JSON)
