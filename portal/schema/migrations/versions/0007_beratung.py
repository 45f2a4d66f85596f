"""Releases in the chat, Vermerke of the chat."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chatfreigabe",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("unterhaltung", sa.String(length=64), nullable=False),
        sa.Column("art", sa.String(length=12), nullable=False),
        sa.Column("inhalt", sa.JSON(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("zweck", sa.String(length=400), nullable=False),
        sa.Column("stelle", sa.String(length=200), nullable=False),
        sa.Column("rechtsgrundlage", sa.String(length=400), nullable=False),
        sa.Column("textversion", sa.String(length=40), nullable=False),
        sa.Column("erteilt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("widerrufen_utc", base.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chatfreigabe")),
    )
    op.create_index(op.f("ix_chatfreigabe_konto_id"), "chatfreigabe", ["konto_id"])
    op.create_index(op.f("ix_chatfreigabe_unterhaltung"), "chatfreigabe", ["unterhaltung"])
    op.create_table(
        "vermerk",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("entwurf_id", sa.String(length=36), nullable=False),
        sa.Column("funktion", sa.String(length=200), nullable=False),
        sa.Column("stelle", sa.String(length=200), nullable=False),
        sa.Column("personal_id", sa.String(length=64), nullable=False),
        sa.Column("angelegt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("inhalt", base.EncryptedJSON(), nullable=False),
        sa.Column("json", base.EncryptedBytes(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vermerk")),
        sa.ForeignKeyConstraint(["entwurf_id"], ["entwurf.id"], name=op.f("fk_vermerk_entwurf_id_entwurf")),
    )
    op.create_index(op.f("ix_vermerk_konto_id"), "vermerk", ["konto_id"])
    op.create_index(op.f("ix_vermerk_entwurf_id"), "vermerk", ["entwurf_id"])
