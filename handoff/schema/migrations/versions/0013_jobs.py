"""What became of a periodic job: failed runs since the last good one, the error's class, and when it is tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("jobs", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("error", sa.String(80), nullable=True))
    op.add_column("jobs", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
