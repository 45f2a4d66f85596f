"""Requests left in the chat."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "anliegen",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("aktenzeichen", sa.String(length=40), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=True),
        sa.Column("unterhaltung", sa.String(length=64), nullable=False),
        sa.Column("wunsch", sa.String(length=12), nullable=False),
        sa.Column("leistung", sa.String(length=80), nullable=True),
        sa.Column("thema", sa.String(length=200), nullable=False),
        sa.Column("stelle_id", sa.String(length=80), nullable=False),
        sa.Column("stelle", sa.String(length=200), nullable=False),
        sa.Column("behoerde", sa.String(length=200), nullable=False),
        sa.Column("inhalt", base.EncryptedJSON(), nullable=False),
        sa.Column("zugesagt_bis", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("antwort", base.EncryptedJSON(), nullable=True),
        sa.Column("eingegangen_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("erledigt_utc", base.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anliegen")),
        sa.UniqueConstraint("aktenzeichen", name=op.f("uq_anliegen_aktenzeichen")),
    )
    op.create_index(op.f("ix_anliegen_konto_id"), "anliegen", ["konto_id"])
    op.create_index(op.f("ix_anliegen_stelle_id"), "anliegen", ["stelle_id"])
