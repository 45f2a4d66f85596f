"""Fees, payments, refunds, wishes for home delivery; documents that two citizens sign."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demo_kasse",
        sa.Column("referenz", sa.String(length=80), nullable=False),
        sa.Column("zahlung_id", sa.String(length=36), nullable=False),
        sa.Column("kassenzeichen", sa.String(length=40), nullable=False),
        sa.Column("betrag_cent", sa.Integer(), nullable=False),
        sa.Column("erstattungen", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("zurueck", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("referenz", name=op.f("pk_demo_kasse")),
        sa.UniqueConstraint("zahlung_id", name=op.f("uq_demo_kasse_zahlung_id")),
    )
    op.create_table(
        "lieferwunsch",
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("leistung", sa.String(length=80), nullable=False),
        sa.Column("angelegt_utc", base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_lieferwunsch_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("konto_id", "leistung", name=op.f("pk_lieferwunsch")),
    )
    op.create_table(
        "vereinbarung",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("art", sa.String(length=40), nullable=False),
        sa.Column("mieter_konto_id", sa.String(length=36), nullable=True),
        sa.Column("wohnungsgeber_konto_id", sa.String(length=36), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_bis_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("inhalt", base.EncryptedJSON(), nullable=False),
        sa.Column("unterschriften", base.EncryptedJSON(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("pdf", base.EncryptedBytes(), nullable=True),
        sa.Column("angelegt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("geaendert_utc", base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["mieter_konto_id"],
            ["konto.id"],
            name=op.f("fk_vereinbarung_mieter_konto_id_konto"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["wohnungsgeber_konto_id"],
            ["konto.id"],
            name=op.f("fk_vereinbarung_wohnungsgeber_konto_id_konto"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vereinbarung")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_vereinbarung_code_hash")),
    )
    with op.batch_alter_table("vereinbarung", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_vereinbarung_mieter_konto_id"), ["mieter_konto_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_vereinbarung_wohnungsgeber_konto_id"), ["wohnungsgeber_konto_id"], unique=False
        )

    op.create_table(
        "gebuehr",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("vorgang_id", sa.String(length=36), nullable=False),
        sa.Column("stelle_id", sa.String(length=80), nullable=False),
        sa.Column("stelle", sa.String(length=300), nullable=False),
        sa.Column("leistung", sa.String(length=80), nullable=False),
        sa.Column("leistung_name", sa.String(length=120), nullable=False),
        sa.Column("art", sa.String(length=16), nullable=False),
        sa.Column("kassenzeichen", sa.String(length=40), nullable=False),
        sa.Column("posten", base.EncryptedJSON(), nullable=False),
        sa.Column("betrag_cent", sa.Integer(), nullable=False),
        sa.Column("faellig", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("befreiung", base.EncryptedJSON(), nullable=True),
        sa.Column("angelegt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("bezahlt_utc", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_gebuehr_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["vorgang_id"], ["vorgang.id"], name=op.f("fk_gebuehr_vorgang_id_vorgang")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gebuehr")),
        sa.UniqueConstraint("kassenzeichen", name=op.f("uq_gebuehr_kassenzeichen")),
    )
    with op.batch_alter_table("gebuehr", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gebuehr_konto_id"), ["konto_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gebuehr_stelle_id"), ["stelle_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gebuehr_vorgang_id"), ["vorgang_id"], unique=False)

    op.create_table(
        "zahlung",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("gebuehr_id", sa.String(length=36), nullable=False),
        sa.Column("anbieter", sa.String(length=40), nullable=False),
        sa.Column("referenz", sa.String(length=80), nullable=True),
        sa.Column("betrag_cent", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("angelegt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("entschieden_utc", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["gebuehr_id"], ["gebuehr.id"], name=op.f("fk_zahlung_gebuehr_id_gebuehr"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zahlung")),
    )
    with op.batch_alter_table("zahlung", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_zahlung_gebuehr_id"), ["gebuehr_id"], unique=False)

    op.create_table(
        "erstattung",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("zahlung_id", sa.String(length=36), nullable=False),
        sa.Column("betrag_cent", sa.Integer(), nullable=False),
        sa.Column("grund", base.EncryptedJSON(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("angelegt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("erledigt_utc", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["zahlung_id"], ["zahlung.id"], name=op.f("fk_erstattung_zahlung_id_zahlung"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erstattung")),
    )
    with op.batch_alter_table("erstattung", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erstattung_zahlung_id"), ["zahlung_id"], unique=False)

    op.create_table(
        "zahlungsmeldung",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("zahlung_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("am_utc", base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["zahlung_id"],
            ["zahlung.id"],
            name=op.f("fk_zahlungsmeldung_zahlung_id_zahlung"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zahlungsmeldung")),
    )
    with op.batch_alter_table("zahlungsmeldung", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_zahlungsmeldung_zahlung_id"), ["zahlung_id"], unique=False)


def downgrade() -> None:
    for table in (
        "zahlungsmeldung",
        "erstattung",
        "zahlung",
        "gebuehr",
        "vereinbarung",
        "lieferwunsch",
        "demo_kasse",
    ):
        op.drop_table(table)
