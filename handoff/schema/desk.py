"""Tables of the clerks' desk: internal notes, what is asked of the citizen, offers to colleagues, who sees what, replies."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from handoff.schema.base import Base, EncryptedJSON, Moment


class NoteRow(Base):
    """An internal note of a clerk; never shown to the citizen, nor to another office."""

    __tablename__ = "desk_notes"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    clerk_id: Mapped[str] = mapped_column(String(64))
    client_id: Mapped[str] = mapped_column(String(128))
    office: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment)
    body: Mapped[Any] = mapped_column(EncryptedJSON)
    """`{text, function}`."""

    __table_args__ = (UniqueConstraint("conversation_id", "clerk_id", "client_id"),)


class AskRow(Base):
    """What a clerk asked the citizen to agree to: a data set, a document, or that another office takes over."""

    __tablename__ = "desk_asks"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    """daten, dokument or weitergabe."""
    status: Mapped[str] = mapped_column(String(12))
    """offen, erteilt, abgelehnt, widerrufen."""
    office: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment)
    body: Mapped[Any] = mapped_column(EncryptedJSON)


class OfferRow(Base):
    """A chat offered to a colleague or an office; it stays with its clerk until somebody accepts."""

    __tablename__ = "desk_offers"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    """uebergabe or einladung."""
    status: Mapped[str] = mapped_column(String(12), index=True)
    """offen, angenommen, zurueckgezogen."""
    from_clerk: Mapped[str] = mapped_column(String(64))
    to_clerk: Mapped[str | None] = mapped_column(String(64))
    to_office: Mapped[str] = mapped_column(String(200))
    scope: Mapped[str] = mapped_column(String(12))
    """alles or anliegen: what the accepting office sees of what was before."""
    at: Mapped[datetime] = mapped_column(Moment)
    body: Mapped[Any] = mapped_column(EncryptedJSON)
    """`{function, office, note, legal_basis}` of who offers."""


class ParticipantRow(Base):
    """A second clerk in a chat."""

    __tablename__ = "desk_participants"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    clerk_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(64))
    """Who invited; when the chat leaves her, the invitation ends."""
    function: Mapped[str] = mapped_column(String(200))
    office: Mapped[str] = mapped_column(String(200))


class ScopeRow(Base):
    """An office that sees only what was said after it took over."""

    __tablename__ = "desk_scopes"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    office: Mapped[str] = mapped_column(String(200), primary_key=True)
    from_seq: Mapped[int] = mapped_column(Integer)
    """The last message that it does not see."""


class ReplyRow(Base):
    """A canned reply with placeholders. An empty office: for all offices."""

    __tablename__ = "desk_replies"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    office: Mapped[str] = mapped_column(String(200), index=True)
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("office", "title"),)


class ColleagueRow(Base):
    """Who works in the console, by function and office, and until when she counts as present."""

    __tablename__ = "desk_colleagues"

    clerk_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    function: Mapped[str] = mapped_column(String(200))
    office: Mapped[str] = mapped_column(String(200), index=True)
    present_until: Mapped[datetime] = mapped_column(Moment)
