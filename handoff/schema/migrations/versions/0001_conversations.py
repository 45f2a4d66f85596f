"""Conversations, messages, outbox, proposals."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the four tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("chat", sa.String(36), nullable=False),
        sa.Column("handle_digest", sa.String(64), nullable=False),
        sa.Column("previous_digest", sa.String(64)),
        sa.Column("phase", sa.String(10), nullable=False),
        sa.Column("lang", sa.String(12), nullable=False),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("account", sa.String(64)),
        sa.Column("sid", sa.String(128)),
        sa.Column("trust", sa.String(16)),
        sa.Column("handover", sa.LargeBinary),
        sa.Column("queued_at", moment),
        sa.Column("returned", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("clerk_id", sa.String(64)),
        sa.Column("clerk_function", sa.String(200)),
        sa.Column("clerk_office", sa.String(200)),
        sa.Column("lease_until", moment),
        sa.Column("clerk_seen_seq", sa.Integer, nullable=False),
        sa.Column("engine_trouble", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("chat", name="uq_conversations_chat"),
        sa.UniqueConstraint("handle_digest", name="uq_conversations_handle_digest"),
    )
    op.create_index("ix_conversations_previous_digest", "conversations", ["previous_digest"])
    op.create_index("ix_conversations_account", "conversations", ["account"])
    op.create_index("ix_conversations_phase_lease_until", "conversations", ["phase", "lease_until"])
    op.create_table(
        "messages",
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("author", sa.String(10), nullable=False),
        sa.Column("sender", sa.String(80), nullable=False),
        sa.Column("client_id", sa.String(128), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("offers", sa.Boolean, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name="pk_messages"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_messages_conversation_id_conversations"
        ),
        sa.UniqueConstraint("id", name="uq_messages_id"),
        sa.UniqueConstraint(
            "conversation_id", "sender", "client_id", name="uq_messages_conversation_id_sender_client_id"
        ),
    )
    op.create_table(
        "outbox",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_outbox_conversation_id_conversations"
        ),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_conversation_id", "outbox", ["conversation_id"])
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_proposals_conversation_id_conversations"
        ),
    )
    op.create_index("ix_proposals_conversation_id", "proposals", ["conversation_id"])
