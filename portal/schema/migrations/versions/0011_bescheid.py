"""Decisions, questions of offices, reminders, calendar addresses; the day from which a deadline is counted."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("frist", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gezaehlt_ab", sa.Date(), nullable=True))
    op.create_table(
        "bescheid",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("vorgang_id", sa.String(length=36), nullable=True),
        sa.Column("quelle", sa.String(length=12), nullable=False),
        sa.Column("leistung", sa.String(length=80), nullable=False),
        sa.Column("leistung_name", sa.String(length=120), nullable=False),
        sa.Column("stelle_id", sa.String(length=80), nullable=True),
        sa.Column("stelle", sa.String(length=300), nullable=False),
        sa.Column("norm", sa.String(length=20), nullable=True),
        sa.Column("betreff", base.EncryptedJSON(), nullable=False),
        sa.Column("bescheiddatum", sa.Date(), nullable=False),
        sa.Column("beginn", sa.Date(), nullable=True),
        sa.Column("zugang", sa.Date(), nullable=True),
        sa.Column("belehrung", base.EncryptedJSON(), nullable=True),
        sa.Column("daten", base.EncryptedJSON(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("dateiname", base.EncryptedJSON(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("datei", base.EncryptedBytes(), nullable=True),
        sa.Column("hinweis_id", sa.String(length=36), nullable=True),
        sa.Column("angelegt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("hinweis_utc", base.Moment(timezone=True), nullable=True),
        sa.Column("abgerufen_utc", base.Moment(timezone=True), nullable=True),
        sa.Column("beendet_utc", base.Moment(timezone=True), nullable=True),
        sa.Column("ersatz_utc", base.Moment(timezone=True), nullable=True),
        sa.Column("erledigt_utc", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_bescheid_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["vorgang_id"], ["vorgang.id"], name=op.f("fk_bescheid_vorgang_id_vorgang")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bescheid")),
    )
    with op.batch_alter_table("bescheid", schema=None) as batch_op:
        for column in ("konto_id", "vorgang_id", "stelle_id"):
            batch_op.create_index(batch_op.f(f"ix_bescheid_{column}"), [column], unique=False)
    op.create_table(
        "rueckfrage",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("vorgang_id", sa.String(length=36), nullable=False),
        sa.Column("frage", base.EncryptedJSON(), nullable=False),
        sa.Column("von", sa.String(length=300), nullable=False),
        sa.Column("bis", sa.Date(), nullable=True),
        sa.Column("gestellt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("antwort", base.EncryptedJSON(), nullable=True),
        sa.Column("dateiname", base.EncryptedJSON(), nullable=True),
        sa.Column("medientyp", sa.String(length=40), nullable=True),
        sa.Column("datei", base.EncryptedBytes(), nullable=True),
        sa.Column("beantwortet_utc", base.Moment(timezone=True), nullable=True),
        sa.Column("kanal", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_rueckfrage_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vorgang_id"], ["vorgang.id"], name=op.f("fk_rueckfrage_vorgang_id_vorgang")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rueckfrage")),
    )
    with op.batch_alter_table("rueckfrage", schema=None) as batch_op:
        for column in ("konto_id", "vorgang_id"):
            batch_op.create_index(batch_op.f(f"ix_rueckfrage_{column}"), [column], unique=False)
    op.create_table(
        "erinnerung",
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("frist", sa.String(length=80), nullable=False),
        sa.Column("ende", sa.Date(), nullable=False),
        sa.Column("tage", sa.Integer(), nullable=False),
        sa.Column("am_utc", base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_erinnerung_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("konto_id", "frist", "ende", "tage", name=op.f("pk_erinnerung")),
    )
    op.create_table(
        "kalenderabo",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("geheimnis_hash", sa.String(length=64), nullable=False),
        sa.Column("angelegt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("zuletzt_utc", base.Moment(timezone=True), nullable=True),
        sa.Column("widerrufen_utc", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_kalenderabo_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kalenderabo")),
        sa.UniqueConstraint("geheimnis_hash", name=op.f("uq_kalenderabo_geheimnis_hash")),
    )
    with op.batch_alter_table("kalenderabo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kalenderabo_konto_id"), ["konto_id"], unique=False)


def downgrade() -> None:
    for table in ("kalenderabo", "erinnerung", "rueckfrage", "bescheid"):
        op.drop_table(table)
    with op.batch_alter_table("frist", schema=None) as batch_op:
        batch_op.drop_column("gezaehlt_ab")
