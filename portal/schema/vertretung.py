"""Acting for others: who may act for whom, in what, until when; and the second parent's confirmation of a draft."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedJSON, Moment


class VertretungZeile(Base):
    """One power to act. `konto_id` acts; the person acted for may have no account here."""

    __tablename__ = "vertretung"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    art: Mapped[str] = mapped_column(String(20))
    """eltern, betreuung, vollmacht, organisation."""
    fuer: Mapped[str] = mapped_column(EncryptedJSON)
    """Name of the person or company."""
    fuer_konto: Mapped[str | None] = mapped_column(String(36), index=True)
    """Account of the person, where she gave the power herself."""
    umfang: Mapped[list[str]] = mapped_column(JSON)
    """Service ids; ["*"] for all."""
    nachweis: Mapped[str] = mapped_column(EncryptedJSON)
    """What proves it, in words."""
    bestaetigt: Mapped[bool]
    """Proved here (given in the other account, or by the Organisationskonto); otherwise declared, and the office checks."""
    dokument_id: Mapped[str | None] = mapped_column(ForeignKey("dokument.id"))
    gueltig_bis: Mapped[date | None]
    angelegt_utc: Mapped[datetime] = mapped_column(Moment)
    beendet_utc: Mapped[datetime | None] = mapped_column(Moment)


class VollmachtcodeZeile(Base):
    """A one-time code by which an account gives another one the power to act for it."""

    __tablename__ = "vollmachtcode"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    konto_id: Mapped[str] = mapped_column(String(36), index=True)
    """Who gives the power."""
    umfang: Mapped[list[str]] = mapped_column(JSON)
    gueltig_bis: Mapped[date | None]
    laeuft_ab_utc: Mapped[datetime] = mapped_column(Moment)
    eingeloest_utc: Mapped[datetime | None] = mapped_column(Moment)


class MitzeichnungZeile(Base):
    """The other parent's confirmation of exactly one version of a draft."""

    __tablename__ = "mitzeichnung"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    entwurf_id: Mapped[str] = mapped_column(ForeignKey("entwurf.id"), index=True)
    entwurf_version: Mapped[int]
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    konto_id: Mapped[str | None] = mapped_column(String(36), index=True)
    """The other parent's account, once she opened it with the code."""
    name: Mapped[str | None] = mapped_column(EncryptedJSON)
    vertrauen: Mapped[str | None] = mapped_column(String(12))
    angefragt_utc: Mapped[datetime] = mapped_column(Moment)
    entschieden_utc: Mapped[datetime | None] = mapped_column(Moment)
    bestaetigt: Mapped[bool | None]
