"""Channels: threads and links of the bindings, codes and one-time links, files, how far Rasa web clients have read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the three tables."""
    moment = sa.DateTime(timezone=True)
    op.add_column("conversations", sa.Column("web_seq", sa.Integer, nullable=False, server_default="0"))
    op.add_column("channel_bindings", sa.Column("details", sa.LargeBinary))
    op.add_column("channel_bindings", sa.Column("heard_at", moment))
    op.add_column("channel_bindings", sa.Column("account", sa.String(64)))
    op.add_column("channel_bindings", sa.Column("linked_at", moment))
    op.create_index("ix_channel_bindings_account", "channel_bindings", ["account"])
    op.create_table(
        "link_codes",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_link_codes"),
    )
    op.create_index("ix_link_codes_account", "link_codes", ["account"])
    op.create_table(
        "portal_links",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_portal_links"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_portal_links_conversation_id_conversations"
        ),
    )
    op.create_index("ix_portal_links_conversation_id", "portal_links", ["conversation_id"])
    op.create_table(
        "channel_files",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("about", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_channel_files"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_channel_files_conversation_id_conversations"
        ),
    )
    op.create_index("ix_channel_files_conversation_id", "channel_files", ["conversation_id"])
    op.create_index("ix_channel_files_expires_at", "channel_files", ["expires_at"])
