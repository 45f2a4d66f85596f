"""Browsers that get notices by Web Push."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pushabo",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("endpunkt_hash", sa.String(length=64), nullable=False),
        sa.Column("abo", base.EncryptedJSON(), nullable=False),
        sa.Column("angelegt_utc", base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_pushabo_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pushabo")),
        sa.UniqueConstraint("endpunkt_hash", name=op.f("uq_pushabo_endpunkt_hash")),
    )
    op.create_index(op.f("ix_pushabo_konto_id"), "pushabo", ["konto_id"])


def downgrade() -> None:
    op.drop_table("pushabo")
