"""Which of the linked messengers the citizen chose for the portal's notices."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "channel_bindings", sa.Column("notices", sa.Boolean(), nullable=False, server_default=sa.false())
    )
