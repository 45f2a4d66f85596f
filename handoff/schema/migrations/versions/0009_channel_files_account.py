"""Whose a file is that came through a linked channel."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("channel_files", sa.Column("account", sa.String(64), nullable=True))
    op.create_index("ix_channel_files_account", "channel_files", ["account"])


def downgrade() -> None:
    """Drop the column."""
    op.drop_index("ix_channel_files_account", "channel_files")
    op.drop_column("channel_files", "account")
