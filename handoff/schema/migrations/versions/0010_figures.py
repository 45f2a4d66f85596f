"""Which team took a chat, and whether a wait continues an earlier one."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("waits", sa.Column("team", sa.String(80), nullable=True))
    op.add_column("waits", sa.Column("continued", sa.Boolean(), nullable=False, server_default=sa.false()))
