"""The disclosure log: who got, or looked at, which of a citizen's data, for what, on which basis. Append-only."""

from datetime import datetime

from sqlalchemy import JSON, Connection, String, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from portal.schema.base import Base, Moment


class ProtokollZeile(Base):
    """One entry. Holds names of fields, never their values."""

    __tablename__ = "protokoll"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    art: Mapped[str] = mapped_column(String(20))
    """uebermittlung (sent to an office), einsicht (a member of staff looked), freigabe (citizen's release)."""
    am_utc: Mapped[datetime] = mapped_column(Moment)
    akteur: Mapped[str] = mapped_column(String(20))
    """buerger, mensch (staff), system."""
    akteur_label: Mapped[str] = mapped_column(String(200))
    personal_id: Mapped[str | None] = mapped_column(String(64))
    """Who of the staff looked; for the town's supervision, not shown to the citizen."""
    stelle: Mapped[str] = mapped_column(String(200))
    behoerde: Mapped[str] = mapped_column(String(200))
    zweck: Mapped[str] = mapped_column(String(400))
    rechtsgrundlage: Mapped[str] = mapped_column(String(400))
    freigabe_id: Mapped[str | None] = mapped_column(String(36))
    leistung: Mapped[str | None] = mapped_column(String(80))
    aktenzeichen: Mapped[str | None] = mapped_column(String(40))
    felder: Mapped[list[str]] = mapped_column(JSON)
    """Labels as the citizen knows them."""
    kanal: Mapped[str] = mapped_column(String(40))
    inhalt_sha256: Mapped[str | None] = mapped_column(String(64))


@event.listens_for(ProtokollZeile, "before_update")
@event.listens_for(ProtokollZeile, "before_delete")
def refuse_change(_mapper: Mapper[ProtokollZeile], _connection: Connection, _target: ProtokollZeile) -> None:
    """Refuse to change or delete an entry.

    Raises
    ------
    RuntimeError
        Always: the log only grows.
    """
    raise RuntimeError("the disclosure log is append-only")
