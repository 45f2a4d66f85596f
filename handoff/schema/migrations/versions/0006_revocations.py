"""Sessions that the portal has ended."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "revoked_sessions",
        sa.Column("sid", sa.String(128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sid", name="pk_revoked_sessions"),
    )
    op.create_index("ix_revoked_sessions_at", "revoked_sessions", ["at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("revoked_sessions")
