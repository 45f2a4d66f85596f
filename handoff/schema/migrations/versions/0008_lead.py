"""Switches, the lead's changes, satisfaction, marks and examples; what figures need of waits."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and columns."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "switches",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("ended_by", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_switches"),
    )
    op.create_index("ix_switches_ended_at", "switches", ["ended_at"])
    op.create_table(
        "lead_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("office", sa.String(80), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lead_changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_lead_changes_at", "lead_changes", ["at"])
    op.create_table(
        "ratings",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("hour", moment, nullable=False),
        sa.Column("office", sa.String(80), nullable=True),
        sa.Column("human", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_ratings"),
    )
    op.create_index("ix_ratings_hour", "ratings", ["hour"])
    op.create_table(
        "marks",
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("wanted", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name="pk_marks"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_marks_conversation_id_conversations"
        ),
    )
    op.create_table(
        "examples",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("hour", moment, nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("intent", sa.String(80), nullable=True),
        sa.Column("reviewed_at", moment, nullable=True),
        sa.Column("reviewed_by", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_examples"),
    )
    op.create_index("ix_examples_status_hour", "examples", ["status", "hour"])
    op.add_column("waits", sa.Column("result", sa.String(16), nullable=True))
    op.add_column("waits", sa.Column("on_duty", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("waits", sa.Column("handed_on", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("clerks", sa.Column("login", sa.String(120), nullable=False, server_default=""))
    op.add_column("clerks", sa.Column("office_name", sa.String(200), nullable=False, server_default=""))
    op.add_column("conversations", sa.Column("feedback", sa.String(12), nullable=True))
