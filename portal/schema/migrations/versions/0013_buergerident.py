"""Proposals for the master data, codes for the Bürgerbüro, BürgerIdent's mark."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "datenvorschlag",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("quelle", sa.String(length=40), nullable=False),
        sa.Column("werte", base.EncryptedJSON(), nullable=False),
        sa.Column("umstand", base.EncryptedJSON(), nullable=False),
        sa.Column("angelegt_at", base.Moment(timezone=True), nullable=False),
        sa.Column("erledigt_at", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_datenvorschlag_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_datenvorschlag")),
    )
    with op.batch_alter_table("datenvorschlag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_datenvorschlag_konto_id"), ["konto_id"], unique=False)

    op.create_table(
        "identcode",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("zweck", sa.String(length=12), nullable=False),
        sa.Column("laeuft_ab_at", base.Moment(timezone=True), nullable=False),
        sa.Column("eingeloest_at", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_identcode_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identcode")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_identcode_code_hash")),
    )
    with op.batch_alter_table("identcode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identcode_konto_id"), ["konto_id"], unique=False)

    with op.batch_alter_table("konto", schema=None) as batch_op:
        batch_op.add_column(sa.Column("buergerident_at", base.Moment(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("konto", schema=None) as batch_op:
        batch_op.drop_column("buergerident_at")
    op.drop_table("identcode")
    op.drop_table("datenvorschlag")
