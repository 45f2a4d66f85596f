"""Places: which municipality a PLZ belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ort",
        sa.Column("plz", sa.String(length=5), nullable=False),
        sa.Column("ags", sa.String(length=8), nullable=False),
        sa.Column("ars", sa.String(length=12), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("amtlich", sa.String(length=160), nullable=False),
        sa.Column("kreis", sa.String(length=120), nullable=True),
        sa.Column("strassen", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("plz", "ags", name=op.f("pk_ort")),
    )
    op.create_index(op.f("ix_ort_ags"), "ort", ["ags"])


def downgrade() -> None:
    op.drop_table("ort")
