"""The gateway's tables: conversations, their one ordered log, the outbox to the engine, proposals of clerks."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from handoff.schema.base import Base, EncryptedJSON, Moment


class ConversationRow(Base):
    """One conversation. The handle is kept as a digest only: who reads the table cannot speak for the citizen."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    chat: Mapped[str] = mapped_column(String(36), unique=True)
    """The id that clerks' consoles use."""
    handle_digest: Mapped[str] = mapped_column(String(64), unique=True)
    previous_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    """The handle before the last login: good for repeating that login when its answer was lost, for nothing else."""
    phase: Mapped[str] = mapped_column(String(10))
    lang: Mapped[str] = mapped_column(String(12))
    last_seq: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)

    account: Mapped[str | None] = mapped_column(String(64), index=True)
    sid: Mapped[str | None] = mapped_column(String(128))
    trust: Mapped[str | None] = mapped_column(String(16))

    handover: Mapped[Any | None] = mapped_column(EncryptedJSON)
    """`{reason, topic, summary: [text]}` of the last call for a human."""
    queued_at: Mapped[datetime | None] = mapped_column(Moment)
    returned: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    clerk_id: Mapped[str | None] = mapped_column(String(64))
    clerk_function: Mapped[str | None] = mapped_column(String(200))
    clerk_office: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    clerk_seen_seq: Mapped[int] = mapped_column(Integer, default=0)
    engine_trouble: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """The citizen was told that the assistant does not answer; cleared by its next answer."""

    __table_args__ = (Index("ix_conversations_phase_lease_until", "phase", "lease_until"),)


class MessageRow(Base):
    """One message of a conversation's log."""

    __tablename__ = "messages"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    author: Mapped[str] = mapped_column(String(10))
    sender: Mapped[str] = mapped_column(String(80))
    """`citizen`, `bot`, `system` or `clerk:<staff id>`; client ids are unique within it."""
    client_id: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(Moment)
    offers: Mapped[bool] = mapped_column(Boolean)
    """Whether it has buttons or cards, so that looking for an offer decrypts only these."""
    body: Mapped[Any] = mapped_column(EncryptedJSON)
    """`{text, buttons, cards, sender}`."""

    __table_args__ = (UniqueConstraint("conversation_id", "sender", "client_id"),)


class OutboxRow(Base):
    """A message on its way to the engine. Written with the message, deleted with the engine's replies."""

    __tablename__ = "outbox"

    position: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    message_id: Mapped[str] = mapped_column(String(36), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    body: Mapped[Any] = mapped_column(EncryptedJSON)
    """`{text, payload, values, secrets}`."""

    __table_args__ = ({"sqlite_autoincrement": True},)


class ProposalRow(Base):
    """A correction that a clerk proposed."""

    __tablename__ = "proposals"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    status: Mapped[str] = mapped_column(String(12))
    """offen, angenommen, abgelehnt, veraltet."""
    body: Mapped[Any] = mapped_column(EncryptedJSON)
    """`{draft, version, field, label, old, new, value, secret_ref, clerk}`."""
