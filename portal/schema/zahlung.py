"""Fees, payments, what providers reported, refunds; the demo provider's own book; wishes for home delivery."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedJSON, Moment


class GebuehrZeile(Base):
    """One fee that an office asks for on a case."""

    __tablename__ = "gebuehr"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), index=True)
    vorgang_id: Mapped[str] = mapped_column(ForeignKey("vorgang.id"), index=True)
    stelle_id: Mapped[str] = mapped_column(String(80), index=True)
    stelle: Mapped[str] = mapped_column(String(300))
    leistung: Mapped[str] = mapped_column(String(80))
    leistung_name: Mapped[str] = mapped_column(String(120))
    art: Mapped[str] = mapped_column(String(16))
    """vorauszahlung or bescheid (a Gebührenbescheid has its own remedy)."""
    kassenzeichen: Mapped[str] = mapped_column(String(40), unique=True)
    posten: Mapped[list[dict[str, Any]]] = mapped_column(EncryptedJSON)
    """`text`, `betrag_cent`."""
    betrag_cent: Mapped[int]
    faellig: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(16))
    """offen, bezahlt, erlassen."""
    befreiung: Mapped[dict[str, str] | None] = mapped_column(EncryptedJSON)
    """`grund`, `text`, `stand` (beantragt, bewilligt, ermaessigt, abgelehnt)."""
    angelegt_utc: Mapped[datetime] = mapped_column(Moment)
    bezahlt_utc: Mapped[datetime | None] = mapped_column(Moment)


class ZahlungZeile(Base):
    """One attempt to pay a fee. No data of a card or an account comes here."""

    __tablename__ = "zahlung"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    gebuehr_id: Mapped[str] = mapped_column(ForeignKey("gebuehr.id", ondelete="CASCADE"), index=True)
    anbieter: Mapped[str] = mapped_column(String(40))
    referenz: Mapped[str | None] = mapped_column(String(80))
    """The provider's own number; None when it is not known whether the provider knows of this payment."""
    betrag_cent: Mapped[int]
    status: Mapped[str] = mapped_column(String(12))
    """INITIAL, BOOKED, FAILED, CANCELED."""
    angelegt_utc: Mapped[datetime] = mapped_column(Moment)
    entschieden_utc: Mapped[datetime | None] = mapped_column(Moment)


class ZahlungsmeldungZeile(Base):
    """One report of a provider that was taken in; the same one again changes nothing."""

    __tablename__ = "zahlungsmeldung"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    zahlung_id: Mapped[str] = mapped_column(ForeignKey("zahlung.id", ondelete="CASCADE"), index=True)
    status: Mapped[str] = mapped_column(String(12))
    am_utc: Mapped[datetime] = mapped_column(Moment)


class ErstattungZeile(Base):
    """One refund on its way back."""

    __tablename__ = "erstattung"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    zahlung_id: Mapped[str] = mapped_column(ForeignKey("zahlung.id", ondelete="CASCADE"), index=True)
    betrag_cent: Mapped[int]
    grund: Mapped[str] = mapped_column(EncryptedJSON)
    status: Mapped[str] = mapped_column(String(12))
    """INITIAL, BOOKED."""
    angelegt_utc: Mapped[datetime] = mapped_column(Moment)
    erledigt_utc: Mapped[datetime | None] = mapped_column(Moment)


class DemoKasseZeile(Base):
    """What the demo provider knows of a payment: its own book, as a foreign provider has one."""

    __tablename__ = "demo_kasse"

    referenz: Mapped[str] = mapped_column(String(80), primary_key=True)
    zahlung_id: Mapped[str] = mapped_column(String(36), unique=True)
    kassenzeichen: Mapped[str] = mapped_column(String(40))
    betrag_cent: Mapped[int]
    erstattungen: Mapped[dict[str, int]] = mapped_column(JSON)
    """Refund's id → cents."""
    status: Mapped[str] = mapped_column(String(12))
    zurueck: Mapped[str] = mapped_column(String(200))


class LieferwunschZeile(Base):
    """A wish for home delivery, noted after its conditions were asked; the consent itself is given at the authority."""

    __tablename__ = "lieferwunsch"

    konto_id: Mapped[str] = mapped_column(ForeignKey("konto.id", ondelete="CASCADE"), primary_key=True)
    leistung: Mapped[str] = mapped_column(String(80), primary_key=True)
    angelegt_utc: Mapped[datetime] = mapped_column(Moment)
