"""The outbox gets kinds and keeps its tries; conversations may be bound to a channel."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move what waits for the engine into the new outbox, add the bindings."""
    moment = sa.DateTime(timezone=True)
    op.execute("CREATE TABLE outbox_before AS SELECT * FROM outbox")
    op.drop_table("outbox")
    op.create_table(
        "outbox",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("faults", sa.Integer, nullable=False, server_default="0"),
        sa.Column("due_at", moment),
        sa.Column("taken_until", moment),
        sa.Column("given_up", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_outbox_conversation_id_of_kind"
        ),
        sa.UniqueConstraint("kind", "key", name="uq_outbox_kind_key"),
        sqlite_autoincrement=True,
    )
    op.execute(
        "INSERT INTO outbox (kind, key, conversation_id, at, body) "
        "SELECT 'engine', message_id, conversation_id, at, body FROM outbox_before ORDER BY position"
    )
    op.drop_table("outbox_before")
    op.create_index("ix_outbox_conversation_id_kind", "outbox", ["conversation_id", "kind", "position"])
    op.add_column("conversations", sa.Column("channel", sa.String(20)))
    op.create_table(
        "channel_bindings",
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("address_digest", sa.String(64), nullable=False),
        sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("bound_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_channel_bindings"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_channel_bindings_conversation_id_conversations",
        ),
        sa.UniqueConstraint("channel", "address_digest", name="uq_channel_bindings_channel_address_digest"),
    )
