"""Consents to reminders and to offering earlier answers. Nobody's silence is taken over as a consent."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "komforteinwilligung",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("zweck", sa.String(length=40), nullable=False),
        sa.Column("textversion", sa.String(length=40), nullable=False),
        sa.Column("sprache", sa.String(length=8), nullable=False),
        sa.Column("erteilt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("widerrufen_utc", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["konto_id"],
            ["konto.id"],
            name=op.f("fk_komforteinwilligung_konto_id_konto"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_komforteinwilligung")),
    )
    op.create_index(op.f("ix_komforteinwilligung_konto_id"), "komforteinwilligung", ["konto_id"])
    op.create_index(
        "ux_komforteinwilligung_gilt",
        "komforteinwilligung",
        ["konto_id", "zweck"],
        unique=True,
        sqlite_where=sa.text("widerrufen_utc IS NULL"),
        postgresql_where=sa.text("widerrufen_utc IS NULL"),
    )
    with op.batch_alter_table("datenwunsch") as table:
        table.drop_column("anbieten")


def downgrade() -> None:
    with op.batch_alter_table("datenwunsch") as table:
        table.add_column(sa.Column("anbieten", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_table("komforteinwilligung")
