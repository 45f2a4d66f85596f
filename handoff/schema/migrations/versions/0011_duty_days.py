"""How many clerks of a team were there on a day: the smallest group that the day's figures may stand for."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, and the day on which a clerk was counted last."""
    op.create_table(
        "duty_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("office", sa.String(80), nullable=False),
        sa.Column("clerks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "office", name="pk_duty_days"),
    )
    op.add_column("clerks", sa.Column("counted_on", sa.Date(), nullable=True))
