"""Documents of one's own and their release, household, validity, acting for others."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("dokument", schema=None) as batch_op:
        batch_op.alter_column("entwurf_id", existing_type=sa.String(length=36), nullable=True)
        batch_op.alter_column("nachweis", existing_type=sa.String(length=80), nullable=True)
        batch_op.add_column(sa.Column("art", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("belegt", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("gueltig_bis", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("scanner", sa.String(length=60), nullable=False, server_default="nicht geprüft")
        )
        batch_op.add_column(sa.Column("kopie", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("dokument", schema=None) as batch_op:
        for name, kind in (("belegt", sa.JSON()), ("scanner", sa.String(length=60)), ("kopie", sa.Boolean())):
            batch_op.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    op.create_table(
        "dokument_freigabe",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("dokument_id", sa.String(length=36), nullable=False),
        sa.Column("vorgang_id", sa.String(length=36), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("erteilt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("widerrufen_utc", base.Moment(timezone=True), nullable=True),
        sa.Column("genutzt_utc", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dokument_id"], ["dokument.id"], name=op.f("fk_dokument_freigabe_dokument_id_dokument")
        ),
        sa.ForeignKeyConstraint(
            ["vorgang_id"], ["vorgang.id"], name=op.f("fk_dokument_freigabe_vorgang_id_vorgang")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dokument_freigabe")),
        sa.UniqueConstraint(
            "dokument_id", "vorgang_id", name=op.f("uq_dokument_freigabe_dokument_id_vorgang_id")
        ),
    )
    op.create_index(op.f("ix_dokument_freigabe_konto_id"), "dokument_freigabe", ["konto_id"])
    op.create_index(op.f("ix_dokument_freigabe_vorgang_id"), "dokument_freigabe", ["vorgang_id"])
    with op.batch_alter_table("stammdatum", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gueltig_bis", sa.Date(), nullable=True))
    with op.batch_alter_table("entwurf", schema=None) as batch_op:
        batch_op.add_column(sa.Column("vertretung_id", sa.String(length=36), nullable=True))
    op.create_table(
        "haushalt",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("person", base.EncryptedJSON(), nullable=False),
        sa.Column("stand", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_haushalt_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_haushalt")),
    )
    op.create_index(op.f("ix_haushalt_konto_id"), "haushalt", ["konto_id"])
    op.create_table(
        "vertretung",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("art", sa.String(length=20), nullable=False),
        sa.Column("fuer", base.EncryptedJSON(), nullable=False),
        sa.Column("fuer_konto", sa.String(length=36), nullable=True),
        sa.Column("umfang", sa.JSON(), nullable=False),
        sa.Column("nachweis", base.EncryptedJSON(), nullable=False),
        sa.Column("bestaetigt", sa.Boolean(), nullable=False),
        sa.Column("dokument_id", sa.String(length=36), nullable=True),
        sa.Column("gueltig_bis", sa.Date(), nullable=True),
        sa.Column("angelegt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("beendet_utc", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dokument_id"], ["dokument.id"], name=op.f("fk_vertretung_dokument_id_dokument")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vertretung")),
    )
    op.create_index(op.f("ix_vertretung_konto_id"), "vertretung", ["konto_id"])
    op.create_index(op.f("ix_vertretung_fuer_konto"), "vertretung", ["fuer_konto"])
    op.create_table(
        "vollmachtcode",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("umfang", sa.JSON(), nullable=False),
        sa.Column("gueltig_bis", sa.Date(), nullable=True),
        sa.Column("laeuft_ab_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("eingeloest_utc", base.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_vollmachtcode")),
    )
    op.create_index(op.f("ix_vollmachtcode_konto_id"), "vollmachtcode", ["konto_id"])
    op.create_table(
        "mitzeichnung",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("entwurf_id", sa.String(length=36), nullable=False),
        sa.Column("entwurf_version", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=True),
        sa.Column("name", base.EncryptedJSON(), nullable=True),
        sa.Column("vertrauen", sa.String(length=12), nullable=True),
        sa.Column("angefragt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("entschieden_utc", base.Moment(timezone=True), nullable=True),
        sa.Column("bestaetigt", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entwurf_id"], ["entwurf.id"], name=op.f("fk_mitzeichnung_entwurf_id_entwurf")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mitzeichnung")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_mitzeichnung_code_hash")),
    )
    op.create_index(op.f("ix_mitzeichnung_entwurf_id"), "mitzeichnung", ["entwurf_id"])
    op.create_index(op.f("ix_mitzeichnung_konto_id"), "mitzeichnung", ["konto_id"])


def downgrade() -> None:
    raise NotImplementedError("documents of one's own have no draft to go back to")
