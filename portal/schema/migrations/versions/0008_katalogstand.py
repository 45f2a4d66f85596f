"""The number of the catalogue's state that holds."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "katalog_stand",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nummer", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_katalog_stand")),
    )
    op.execute("INSERT INTO katalog_stand (id, nummer) VALUES (1, 0)")


def downgrade() -> None:
    op.drop_table("katalog_stand")
