"""Deleted accounts whose conversations have still to be deleted."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gespraechsloeschung",
        sa.Column("konto", sa.String(length=36), nullable=False),
        sa.Column("angelegt_at", base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("konto", name=op.f("pk_gespraechsloeschung")),
    )


def downgrade() -> None:
    op.drop_table("gespraechsloeschung")
