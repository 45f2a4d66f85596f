"""Second factors, logins under way, known devices, locks, revocations; one way to every identity provider."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "herausforderung",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("halter", sa.String(length=36), nullable=False),
        sa.Column("art", sa.String(length=12), nullable=False),
        sa.Column("wert", base.EncryptedJSON(), nullable=False),
        sa.Column("laeuft_ab_at", base.Moment(timezone=True), nullable=False),
        sa.Column("eingeloest_at", base.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_herausforderung")),
    )
    with op.batch_alter_table("herausforderung", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_herausforderung_halter"), ["halter"], unique=False)

    op.create_table(
        "widerruf",
        sa.Column("sid", sa.String(length=36), nullable=False),
        sa.Column("angelegt_at", base.Moment(timezone=True), nullable=False),
        sa.Column("gemeldet_at", base.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_widerruf")),
    )
    with op.batch_alter_table("widerruf", schema=None) as batch_op:
        batch_op.create_index("ix_widerruf_offen", ["gemeldet_at", "angelegt_at"], unique=False)

    op.create_table(
        "anmeldung",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("geheimnis_hash", sa.String(length=64), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=True),
        sa.Column("personal_id", sa.String(length=36), nullable=True),
        sa.Column("schritt", sa.String(length=10), nullable=False),
        sa.Column("vertrauen", sa.String(length=12), nullable=False),
        sa.Column("zurueck", sa.String(length=500), nullable=False),
        sa.Column("herkunft", base.EncryptedJSON(), nullable=False),
        sa.Column("angelegt_at", base.Moment(timezone=True), nullable=False),
        sa.Column("laeuft_ab_at", base.Moment(timezone=True), nullable=False),
        sa.Column("beendet_at", base.Moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(konto_id IS NULL) <> (personal_id IS NULL)", name=op.f("ck_anmeldung_eine_person")
        ),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_anmeldung_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["personal_id"],
            ["personal.id"],
            name=op.f("fk_anmeldung_personal_id_personal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anmeldung")),
        sa.UniqueConstraint("geheimnis_hash", name=op.f("uq_anmeldung_geheimnis_hash")),
    )
    with op.batch_alter_table("anmeldung", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_anmeldung_konto_id"), ["konto_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_anmeldung_personal_id"), ["personal_id"], unique=False)

    op.create_table(
        "bekannt",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("merkmal_hash", sa.String(length=64), nullable=False),
        sa.Column("zuletzt_at", base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_bekannt_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bekannt")),
        sa.UniqueConstraint("konto_id", "merkmal_hash", name=op.f("uq_bekannt_konto_id_merkmal_hash")),
    )
    with op.batch_alter_table("bekannt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bekannt_konto_id"), ["konto_id"], unique=False)

    op.create_table(
        "rettungscode",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=True),
        sa.Column("personal_id", sa.String(length=36), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("angelegt_at", base.Moment(timezone=True), nullable=False),
        sa.Column("eingeloest_at", base.Moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(konto_id IS NULL) <> (personal_id IS NULL)", name=op.f("ck_rettungscode_eine_person")
        ),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_rettungscode_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["personal_id"],
            ["personal.id"],
            name=op.f("fk_rettungscode_personal_id_personal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rettungscode")),
    )
    with op.batch_alter_table("rettungscode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rettungscode_code_hash"), ["code_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_rettungscode_konto_id"), ["konto_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rettungscode_personal_id"), ["personal_id"], unique=False)

    op.create_table(
        "sperrlink",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("laeuft_ab_at", base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_sperrlink_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sperrlink")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_sperrlink_link_hash")),
    )
    with op.batch_alter_table("sperrlink", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sperrlink_konto_id"), ["konto_id"], unique=False)

    op.create_table(
        "verknuepfung",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=True),
        sa.Column("personal_id", sa.String(length=36), nullable=True),
        sa.Column("anbieter", sa.String(length=40), nullable=False),
        sa.Column("subjekt_hash", sa.String(length=64), nullable=False),
        sa.Column("angelegt_at", base.Moment(timezone=True), nullable=False),
        sa.Column("zuletzt_at", base.Moment(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(konto_id IS NULL) <> (personal_id IS NULL)", name=op.f("ck_verknuepfung_eine_person")
        ),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_verknuepfung_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["personal_id"],
            ["personal.id"],
            name=op.f("fk_verknuepfung_personal_id_personal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verknuepfung")),
        sa.UniqueConstraint("anbieter", "subjekt_hash", name=op.f("uq_verknuepfung_anbieter_subjekt_hash")),
    )
    with op.batch_alter_table("verknuepfung", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verknuepfung_konto_id"), ["konto_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_verknuepfung_personal_id"), ["personal_id"], unique=False)

    op.create_table(
        "zweitfaktor",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=True),
        sa.Column("personal_id", sa.String(length=36), nullable=True),
        sa.Column("art", sa.String(length=10), nullable=False),
        sa.Column("name", base.EncryptedJSON(), nullable=False),
        sa.Column("geheimnis", base.EncryptedJSON(), nullable=False),
        sa.Column("letzter_schritt", sa.BigInteger(), nullable=False),
        sa.Column("angelegt_at", base.Moment(timezone=True), nullable=False),
        sa.Column("bestaetigt_at", base.Moment(timezone=True), nullable=True),
        sa.Column("zuletzt_at", base.Moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(konto_id IS NULL) <> (personal_id IS NULL)", name=op.f("ck_zweitfaktor_eine_person")
        ),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_zweitfaktor_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["personal_id"],
            ["personal.id"],
            name=op.f("fk_zweitfaktor_personal_id_personal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zweitfaktor")),
    )
    with op.batch_alter_table("zweitfaktor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_zweitfaktor_konto_id"), ["konto_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_zweitfaktor_personal_id"), ["personal_id"], unique=False)

    op.create_table(
        "wartendes_formular",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sitzung_id", sa.String(length=36), nullable=False),
        sa.Column("pfad", sa.String(length=500), nullable=False),
        sa.Column("felder", base.EncryptedJSON(), nullable=False),
        sa.Column("laeuft_ab_at", base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sitzung_id"],
            ["sitzung.id"],
            name=op.f("fk_wartendes_formular_sitzung_id_sitzung"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wartendes_formular")),
    )
    with op.batch_alter_table("wartendes_formular", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wartendes_formular_sitzung_id"), ["sitzung_id"], unique=False)

    with op.batch_alter_table("konto", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gesperrt_at", base.Moment(timezone=True), nullable=True))

    op.drop_table("nachweisanfrage")  # ways that lasted fifteen minutes
    op.create_table(
        "nachweisanfrage",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("zweck", sa.String(length=12), nullable=False),
        sa.Column("halter_hash", sa.String(length=64), nullable=False),
        sa.Column("anbieter", sa.String(length=40), nullable=False),
        sa.Column("zurueck", sa.String(length=500), nullable=False),
        sa.Column("geheim", base.EncryptedJSON(), nullable=False),
        sa.Column("angelegt_at", base.Moment(timezone=True), nullable=False),
        sa.Column("eingeloest_at", base.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nachweisanfrage")),
    )
    with op.batch_alter_table("nachweisanfrage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nachweisanfrage_halter_hash"), ["halter_hash"], unique=False)
    with op.batch_alter_table("sitzung", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bestaetigt_at", base.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("herkunft", base.EncryptedJSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sitzung", schema=None) as batch_op:
        batch_op.drop_column("herkunft")
        batch_op.drop_column("bestaetigt_at")
    with op.batch_alter_table("konto", schema=None) as batch_op:
        batch_op.drop_column("gesperrt_at")
    op.drop_table("wartendes_formular")
    op.drop_table("zweitfaktor")
    op.drop_table("verknuepfung")
    op.drop_table("sperrlink")
    op.drop_table("rettungscode")
    op.drop_table("bekannt")
    op.drop_table("anmeldung")
    op.drop_table("widerruf")
    op.drop_table("herausforderung")
