"""Appointments, progress of life situations, anonymous co-use counts."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "termin",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("leistung", sa.String(length=80), nullable=False),
        sa.Column("leistung_name", sa.String(length=120), nullable=False),
        sa.Column("stelle_id", sa.String(length=80), nullable=False),
        sa.Column("stelle", sa.String(length=200), nullable=False),
        sa.Column("ort", sa.String(length=300), nullable=True),
        sa.Column("beginn_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("ende_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("buchung", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("folge", sa.Integer(), nullable=False),
        sa.Column("gebucht_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("geaendert_utc", base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_termin")),
    )
    with op.batch_alter_table("termin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_termin_konto_id"), ["konto_id"], unique=False)
        batch_op.create_index(
            "ux_termin_gebucht",
            ["konto_id", "leistung"],
            unique=True,
            sqlite_where=sa.text("status = 'gebucht'"),
            postgresql_where=sa.text("status = 'gebucht'"),
        )
    op.create_table(
        "termin_platz",
        sa.Column("stelle_id", sa.String(length=80), nullable=False),
        sa.Column("beginn_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("platz", sa.Integer(), nullable=False),
        sa.Column("buchung", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("stelle_id", "beginn_utc", "platz", name=op.f("pk_termin_platz")),
        sa.UniqueConstraint("buchung", name=op.f("uq_termin_platz_buchung")),
    )
    op.create_table(
        "buendel",
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("lebenslage", sa.String(length=80), nullable=False),
        sa.Column("haken", base.EncryptedJSON(), nullable=False),
        sa.Column("neu_ab_utc", base.Moment(timezone=True), nullable=True),
        sa.Column("geaendert_utc", base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("konto_id", "lebenslage", name=op.f("pk_buendel")),
    )
    op.create_table(
        "mitnutzung",
        sa.Column("tag", sa.Date(), nullable=False),
        sa.Column("leistung_a", sa.String(length=80), nullable=False),
        sa.Column("leistung_b", sa.String(length=80), nullable=False),
        sa.Column("anzahl", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tag", "leistung_a", "leistung_b", name=op.f("pk_mitnutzung")),
    )


def downgrade() -> None:
    op.drop_table("mitnutzung")
    op.drop_table("buendel")
    op.drop_table("termin_platz")
    op.drop_table("termin")
