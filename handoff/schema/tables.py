"""The gateway's tables: conversations, their one ordered log, the outbox, channels, proposals of clerks."""

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
    rank_at: Mapped[datetime | None] = mapped_column(Moment)
    """The queue's order (`handoff.domain.queue`)."""
    reason: Mapped[str | None] = mapped_column(String(20))
    service: Mapped[str | None] = mapped_column(String(80))
    """The catalogue's id of what the chat is about."""
    office: Mapped[str | None] = mapped_column(String(80))
    """Id of the office that the catalogue names for it."""
    wait_id: Mapped[int | None] = mapped_column(Integer)
    """The wait that is being measured (`WaitRow`)."""
    returned: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    clerk_id: Mapped[str | None] = mapped_column(String(64))
    clerk_function: Mapped[str | None] = mapped_column(String(200))
    clerk_office: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    clerk_seen_seq: Mapped[int] = mapped_column(Integer, default=0)
    channel: Mapped[str | None] = mapped_column(String(20))
    """The messenger that the conversation is bound to (`ChannelRow`), so that writing needs no further look."""
    web_seq: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """The last message that a Rasa web client of this conversation was sent (such clients name no number)."""
    address_locked: Mapped[bool | None] = mapped_column(Boolean)
    """An Auskunftssperre holds, as the portal last said; null: not asked yet."""
    engine_trouble: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """The citizen was told that the assistant does not answer; cleared by its next answer."""
    feedback: Mapped[str | None] = mapped_column(String(12))
    """`gefragt` once the citizen was asked how it was, then `beantwortet` or `uebersprungen`."""

    __table_args__ = (
        Index("ix_conversations_phase_lease_until", "phase", "lease_until"),
        Index("ix_conversations_queue", "phase", "returned", "rank_at", "id"),
        Index("ix_conversations_clerk_id", "clerk_id", "phase"),
        Index("ix_conversations_changed_at", "changed_at"),
    )


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
    """Something on its way out of the gateway (docs/protocol/delivery.md).

    Written in the transaction that causes it, deleted in the one that records its effect.
    """

    __tablename__ = "outbox"

    position: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    kind: Mapped[str] = mapped_column(String(10))
    """`engine`, `channel` or `notice`."""
    key: Mapped[str] = mapped_column(String(64))
    """The idempotency key; for `engine` and `channel` the message's id."""
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    body: Mapped[Any] = mapped_column(EncryptedJSON)
    """`engine`: `{text, payload, values, secrets}`; `channel`: `{seq}`; `notice`: the notice."""
    tries: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    faults: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """How many of the tries were the receiver's fault with this very row, not an outage."""
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    """Not before this moment; set after a failed try."""
    taken_until: Mapped[datetime | None] = mapped_column(Moment)
    """Until then one of several processes carries it (PostgreSQL only)."""
    given_up: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """The receiver refused it for good; kept for the operator, never tried again."""

    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index("ix_outbox_conversation_id_kind", "conversation_id", "kind", "position"),
        {"sqlite_autoincrement": True},
    )


class ChannelRow(Base):
    """Where a conversation's answers go besides the widget: a messenger or a mailbox."""

    __tablename__ = "channel_bindings"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    address_digest: Mapped[str] = mapped_column(String(64))
    """Finds the conversation of an incoming message; the address itself cannot be searched."""
    address: Mapped[Any] = mapped_column(EncryptedJSON)
    bound_at: Mapped[datetime] = mapped_column(Moment)
    details: Mapped[Any | None] = mapped_column(EncryptedJSON)
    """What the channel needs besides to answer in the same thread (mail: subject and message ids)."""
    heard_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the citizen last wrote from there (WhatsApp: free text is allowed for 24 hours)."""
    account: Mapped[str | None] = mapped_column(String(64), index=True)
    """The portal account that the citizen linked this address with."""
    linked_at: Mapped[datetime | None] = mapped_column(Moment)
    notices: Mapped[bool] = mapped_column(default=False)
    """Whether the citizen chose it for the portal's notices."""

    __table_args__ = (UniqueConstraint("channel", "address_digest"),)


class ProposalRow(Base):
    """A correction that a clerk proposed."""

    __tablename__ = "proposals"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    status: Mapped[str] = mapped_column(String(12))
    """offen, angenommen, abgelehnt, veraltet."""
    body: Mapped[Any] = mapped_column(EncryptedJSON)
    """`{draft, version, field, label, old, new, value, secret_ref, clerk}`."""


class RevokedSessionRow(Base):
    """A session of the portal that has ended; kept until its tokens have run out."""

    __tablename__ = "revoked_sessions"

    sid: Mapped[str] = mapped_column(String(128), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
