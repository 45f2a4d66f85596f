"""The disclosure log: who got, or looked at, which of a citizen's data, for what, on which basis. Append-only, chained."""

from datetime import datetime

from sqlalchemy import Connection, String, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from portal.schema.base import Base, EncryptedForPerson, EncryptedJSON, Moment


class ProtokollZeile(Base):
    """One link of the chain (portal.domain.kette). Readable only with the person's key."""

    __tablename__ = "protokoll"

    nummer: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 …, without gaps."""
    inhaber: Mapped[str] = mapped_column(String(36), index=True)
    """Random id of the person's key; it leads to an account only as long as the key exists."""
    inhalt: Mapped[bytes] = mapped_column(EncryptedForPerson)
    kettenwert: Mapped[str] = mapped_column(String(64))


class ProtokollKopf(Base):
    """Number and hash of the last link, encrypted: who may write the database alone cannot cut the chain short."""

    __tablename__ = "protokoll_kopf"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stand: Mapped[list[object]] = mapped_column(EncryptedJSON)


class DatenwunschZeile(Base):
    """How a citizen wants to be told about disclosures and looks."""

    __tablename__ = "datenwunsch"

    konto_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    hinweise: Mapped[str] = mapped_column(String(12))
    """sofort, gesammelt."""
    gesammelt_bis: Mapped[int]
    """Number of the last link that a collected notice told of."""
    uebersicht_utc: Mapped[datetime | None] = mapped_column(Moment)
    """When the last yearly overview was sent."""


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
