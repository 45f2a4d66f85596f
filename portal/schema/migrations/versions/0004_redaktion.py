"""Editors' changes of the catalogue, votes on them, public comments."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "katalog_aenderung",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("ebene", sa.String(length=8), nullable=False),
        sa.Column("gebiet", sa.String(length=8), nullable=False),
        sa.Column("leistung", sa.String(length=80), nullable=False),
        sa.Column("schluessel", sa.String(length=40), nullable=False),
        sa.Column("nummer", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Integer(), nullable=False),
        sa.Column("art", sa.String(length=16), nullable=False),
        sa.Column("eingabe", sa.Text(), nullable=False),
        sa.Column("quelle", sa.String(length=300), nullable=False),
        sa.Column("marke", sa.String(length=16), nullable=False),
        sa.Column("gueltig_ab", sa.Date(), nullable=False),
        sa.Column("grund", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("personal_id", sa.String(length=36), nullable=False),
        sa.Column("funktion", sa.String(length=120), nullable=False),
        sa.Column("angelegt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("antwort", sa.Text(), nullable=True),
        sa.Column("entschieden_utc", base.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_katalog_aenderung")),
        sa.UniqueConstraint(
            "gebiet",
            "leistung",
            "schluessel",
            "nummer",
            name=op.f("uq_katalog_aenderung_gebiet_leistung_schluessel_nummer"),
        ),
    )
    op.create_index(op.f("ix_katalog_aenderung_leistung"), "katalog_aenderung", ["leistung"])
    op.create_index(
        "ux_katalog_aenderung_basis",
        "katalog_aenderung",
        ["gebiet", "leistung", "schluessel", "basis"],
        unique=True,
        sqlite_where=sa.text("status = 'gilt'"),
        postgresql_where=sa.text("status = 'gilt'"),
    )
    op.create_table(
        "katalog_sichtung",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("gebiet", sa.String(length=8), nullable=False),
        sa.Column("leistung", sa.String(length=80), nullable=False),
        sa.Column("schluessel", sa.String(length=40), nullable=False),
        sa.Column("wert_sha256", sa.String(length=64), nullable=False),
        sa.Column("eltern_sha256", sa.String(length=64), nullable=False),
        sa.Column("am_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("personal_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_katalog_sichtung")),
    )
    op.create_index(
        "ix_katalog_sichtung_wert", "katalog_sichtung", ["gebiet", "leistung", "schluessel", "wert_sha256"]
    )
    op.create_table(
        "katalog_stimme",
        sa.Column("aenderung_id", sa.String(length=36), nullable=False),
        sa.Column("stimmrecht", sa.String(length=64), nullable=False),
        sa.Column("dafuer", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["aenderung_id"],
            ["katalog_aenderung.id"],
            name=op.f("fk_katalog_stimme_aenderung_id_katalog_aenderung"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("aenderung_id", "stimmrecht", name=op.f("pk_katalog_stimme")),
    )
    op.create_table(
        "kommentar",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("thema", sa.String(length=90), nullable=False),
        sa.Column("ebene", sa.String(length=8), nullable=False),
        sa.Column("schluessel", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=True),
        sa.Column("angemeldet", sa.Boolean(), nullable=False),
        sa.Column("absender", sa.String(length=64), nullable=True),
        sa.Column("am_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("entfernt_grund", sa.Text(), nullable=True),
        sa.Column("antwort", sa.Text(), nullable=True),
        sa.Column("funktion", sa.String(length=120), nullable=True),
        sa.Column("beantwortet_utc", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_kommentar_konto_id_konto"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kommentar")),
    )
    op.create_index("ix_kommentar_thema_am_utc", "kommentar", ["thema", "am_utc"])
    op.create_index("ix_kommentar_absender_am_utc", "kommentar", ["absender", "am_utc"])


def downgrade() -> None:
    for table in ("kommentar", "katalog_stimme", "katalog_sichtung", "katalog_aenderung"):
        op.drop_table(table)
