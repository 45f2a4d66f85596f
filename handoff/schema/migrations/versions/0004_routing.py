"""Routing: ranks, clerks on duty, teams and hours, measured waits, requests, jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and tables; who waits already keeps the order of arrival."""
    moment = sa.DateTime(timezone=True)
    for column in (
        sa.Column("rank_at", moment),
        sa.Column("reason", sa.String(20)),
        sa.Column("service", sa.String(80)),
        sa.Column("office", sa.String(80)),
        sa.Column("wait_id", sa.Integer),
    ):
        op.add_column("conversations", column)
    op.execute("UPDATE conversations SET rank_at = queued_at")
    op.create_index("ix_conversations_queue", "conversations", ["phase", "returned", "rank_at", "id"])
    op.create_index("ix_conversations_clerk_id", "conversations", ["clerk_id", "phase"])
    op.create_index("ix_conversations_changed_at", "conversations", ["changed_at"])
    op.create_table(
        "clerks",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("office", sa.String(80)),
        sa.Column("topics", sa.JSON, nullable=False),
        sa.Column("leads", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("presence", sa.String(8), nullable=False),
        sa.Column("seen_until", moment, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("languages", sa.JSON, nullable=False),
        sa.Column("skills", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clerks"),
    )
    op.create_table(
        "teams",
        sa.Column("office", sa.String(80), nullable=False),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.Column("fallback", sa.String(80)),
        sa.Column("week", sa.JSON),
        sa.Column("promise_days", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("office", name="pk_teams"),
    )
    op.create_table(
        "hours_exceptions",
        sa.Column("office", sa.String(80), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("spans", sa.JSON, nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("office", "day", name="pk_hours_exceptions"),
    )
    op.create_table(
        "waits",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True
        ),
        sa.Column("queued_at", moment, nullable=False),
        sa.Column("service", sa.String(80)),
        sa.Column("office", sa.String(80)),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("low_s", sa.Integer),
        sa.Column("middle_s", sa.Integer),
        sa.Column("high_s", sa.Integer),
        sa.Column("outcome", sa.String(12)),
        sa.Column("waited_s", sa.Integer),
        sa.Column("handled_s", sa.Integer),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_waits_queued_at", "waits", ["queued_at"])
    op.create_index("ix_waits_service", "waits", ["service", "id"])
    op.create_table(
        "requests",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("service", sa.String(80)),
        sa.Column("office", sa.String(80)),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("promised_for", sa.Date, nullable=False),
        sa.Column("reference", sa.String(40)),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.UniqueConstraint("reference", name="uq_requests_reference"),
    )
    op.create_index("ix_requests_conversation_id", "requests", ["conversation_id"])
    op.create_table(
        "jobs",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("taken_until", moment),
        sa.Column("last_run", moment),
        sa.PrimaryKeyConstraint("name", name="pk_jobs"),
    )
