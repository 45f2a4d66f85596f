"""The portal's first schema: accounts, sessions, drafts, cases, documents, log."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entwurf",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("leistung", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("felder", base.EncryptedJSON(), nullable=False),
        sa.Column("nachweise", base.EncryptedJSON(), nullable=False),
        sa.Column("erstellt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("geaendert_utc", base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entwurf")),
    )
    with op.batch_alter_table("entwurf", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entwurf_konto_id"), ["konto_id"], unique=False)
        batch_op.create_index(
            "ux_entwurf_unfertig",
            ["konto_id", "leistung"],
            unique=True,
            sqlite_where=sa.text("status IN ('offen', 'vorbereitet')"),
            postgresql_where=sa.text("status IN ('offen', 'vorbereitet')"),
        )

    op.create_table(
        "fehlversuch",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("schluessel", sa.String(length=64), nullable=False),
        sa.Column("at", base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fehlversuch")),
    )
    with op.batch_alter_table("fehlversuch", schema=None) as batch_op:
        batch_op.create_index("ix_fehlversuch_schluessel_at", ["schluessel", "at"], unique=False)

    op.create_table(
        "idempotenz",
        sa.Column("aufrufer", sa.String(length=120), nullable=False),
        sa.Column("schluessel", sa.String(length=200), nullable=False),
        sa.Column("aufruf", sa.String(length=300), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("antwort", base.EncryptedJSON(), nullable=False),
        sa.Column("am_utc", base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("aufrufer", "schluessel", name=op.f("pk_idempotenz")),
    )
    op.create_table(
        "konto",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("anmeldename", sa.String(length=120), nullable=False),
        sa.Column("passwort_hash", sa.String(length=200), nullable=False),
        sa.Column("angelegt_at", base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_konto")),
        sa.UniqueConstraint("anmeldename", name=op.f("uq_konto_anmeldename")),
    )
    op.create_table(
        "personal",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("anmeldename", sa.String(length=120), nullable=False),
        sa.Column("passwort_hash", sa.String(length=200), nullable=False),
        sa.Column("rollen", sa.JSON(), nullable=False),
        sa.Column("stelle", sa.String(length=80), nullable=True),
        sa.Column("stelle_name", sa.String(length=120), nullable=False),
        sa.Column("funktion", sa.String(length=120), nullable=False),
        sa.Column("themen", sa.JSON(), nullable=False),
        sa.Column("angelegt_at", base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal")),
        sa.UniqueConstraint("anmeldename", name=op.f("uq_personal_anmeldename")),
    )
    op.create_table(
        "protokoll",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("art", sa.String(length=20), nullable=False),
        sa.Column("am_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("akteur", sa.String(length=20), nullable=False),
        sa.Column("akteur_label", sa.String(length=200), nullable=False),
        sa.Column("personal_id", sa.String(length=64), nullable=True),
        sa.Column("stelle", sa.String(length=200), nullable=False),
        sa.Column("behoerde", sa.String(length=200), nullable=False),
        sa.Column("zweck", sa.String(length=400), nullable=False),
        sa.Column("rechtsgrundlage", sa.String(length=400), nullable=False),
        sa.Column("freigabe_id", sa.String(length=36), nullable=True),
        sa.Column("leistung", sa.String(length=80), nullable=True),
        sa.Column("aktenzeichen", sa.String(length=40), nullable=True),
        sa.Column("felder", sa.JSON(), nullable=False),
        sa.Column("kanal", sa.String(length=40), nullable=False),
        sa.Column("inhalt_sha256", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protokoll")),
    )
    with op.batch_alter_table("protokoll", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_protokoll_konto_id"), ["konto_id"], unique=False)

    op.create_table(
        "tresor",
        sa.Column("ref", sa.String(length=60), nullable=False),
        sa.Column("unterhaltung", sa.String(length=64), nullable=False),
        sa.Column("art", sa.String(length=20), nullable=False),
        sa.Column("wert", base.EncryptedJSON(), nullable=False),
        sa.Column("anzeige", sa.String(length=60), nullable=False),
        sa.Column("erstellt_utc", base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_tresor")),
    )
    with op.batch_alter_table("tresor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tresor_unterhaltung"), ["unterhaltung"], unique=False)

    op.create_table(
        "bindung",
        sa.Column("unterhaltung", sa.String(length=64), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("entwurf_id", sa.String(length=36), nullable=True),
        sa.Column("gebunden_utc", base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entwurf_id"], ["entwurf.id"], name=op.f("fk_bindung_entwurf_id_entwurf")),
        sa.PrimaryKeyConstraint("unterhaltung", name=op.f("pk_bindung")),
    )
    with op.batch_alter_table("bindung", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bindung_konto_id"), ["konto_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bindung_sid"), ["sid"], unique=False)

    op.create_table(
        "dokument",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("entwurf_id", sa.String(length=36), nullable=False),
        sa.Column("nachweis", sa.String(length=80), nullable=False),
        sa.Column("dateiname", base.EncryptedJSON(), nullable=False),
        sa.Column("medientyp", sa.String(length=40), nullable=False),
        sa.Column("groesse", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("inhalt", base.EncryptedBytes(), nullable=True),
        sa.Column("hochgeladen_utc", base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entwurf_id"], ["entwurf.id"], name=op.f("fk_dokument_entwurf_id_entwurf")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dokument")),
    )
    with op.batch_alter_table("dokument", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dokument_entwurf_id"), ["entwurf_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dokument_konto_id"), ["konto_id"], unique=False)

    op.create_table(
        "freigabe",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("entwurf_id", sa.String(length=36), nullable=False),
        sa.Column("leistung", sa.String(length=80), nullable=False),
        sa.Column("zweck", sa.String(length=400), nullable=False),
        sa.Column("stelle", sa.String(length=200), nullable=False),
        sa.Column("behoerde", sa.String(length=200), nullable=False),
        sa.Column("felder", sa.JSON(), nullable=False),
        sa.Column("rechtsgrundlage", sa.String(length=400), nullable=False),
        sa.Column("textversion", sa.String(length=40), nullable=False),
        sa.Column("sprache", sa.String(length=8), nullable=False),
        sa.Column("erteilt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("widerrufen_utc", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entwurf_id"], ["entwurf.id"], name=op.f("fk_freigabe_entwurf_id_entwurf")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freigabe")),
    )
    with op.batch_alter_table("freigabe", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_freigabe_entwurf_id"), ["entwurf_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_freigabe_konto_id"), ["konto_id"], unique=False)

    op.create_table(
        "frist",
        sa.Column("entwurf_id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("leistung", sa.String(length=80), nullable=False),
        sa.Column("leistung_name", sa.String(length=120), nullable=False),
        sa.Column("ende", sa.Date(), nullable=True),
        sa.Column("ab", sa.Date(), nullable=True),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("recht", sa.String(length=200), nullable=False),
        sa.Column("marke", sa.String(length=20), nullable=False),
        sa.Column("erledigt_utc", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entwurf_id"], ["entwurf.id"], name=op.f("fk_frist_entwurf_id_entwurf")),
        sa.PrimaryKeyConstraint("entwurf_id", name=op.f("pk_frist")),
    )
    with op.batch_alter_table("frist", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_frist_konto_id"), ["konto_id"], unique=False)

    op.create_table(
        "sitzung",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("geheimnis_hash", sa.String(length=64), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=True),
        sa.Column("personal_id", sa.String(length=36), nullable=True),
        sa.Column("vertrauen", sa.String(length=12), nullable=False),
        sa.Column("angelegt_at", base.Moment(timezone=True), nullable=False),
        sa.Column("zuletzt_at", base.Moment(timezone=True), nullable=False),
        sa.Column("laeuft_ab_at", base.Moment(timezone=True), nullable=False),
        sa.Column("beendet_at", base.Moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(konto_id IS NULL) <> (personal_id IS NULL)", name=op.f("ck_sitzung_eine_person")
        ),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_sitzung_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["personal_id"], ["personal.id"], name=op.f("fk_sitzung_personal_id_personal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitzung")),
        sa.UniqueConstraint("geheimnis_hash", name=op.f("uq_sitzung_geheimnis_hash")),
    )
    with op.batch_alter_table("sitzung", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sitzung_konto_id"), ["konto_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sitzung_personal_id"), ["personal_id"], unique=False)

    op.create_table(
        "stammdatum",
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("feld", sa.String(length=40), nullable=False),
        sa.Column("wert", base.EncryptedJSON(), nullable=False),
        sa.Column("quelle", sa.String(length=40), nullable=False),
        sa.Column("vertrauen", sa.String(length=12), nullable=False),
        sa.Column("stand", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_stammdatum_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("konto_id", "feld", name=op.f("pk_stammdatum")),
    )
    op.create_table(
        "vorgang",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("aktenzeichen", sa.String(length=40), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("entwurf_id", sa.String(length=36), nullable=False),
        sa.Column("entwurf_version", sa.Integer(), nullable=False),
        sa.Column("leistung", sa.String(length=80), nullable=False),
        sa.Column("leistung_name", sa.String(length=120), nullable=False),
        sa.Column("stelle_id", sa.String(length=80), nullable=False),
        sa.Column("stelle", sa.String(length=200), nullable=False),
        sa.Column("behoerde", sa.String(length=200), nullable=False),
        sa.Column("wirkung", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("eingegangen_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("paket", base.EncryptedBytes(), nullable=False),
        sa.Column("paket_sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf", base.EncryptedBytes(), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["entwurf_id"], ["entwurf.id"], name=op.f("fk_vorgang_entwurf_id_entwurf")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vorgang")),
        sa.UniqueConstraint("aktenzeichen", name=op.f("uq_vorgang_aktenzeichen")),
        sa.UniqueConstraint(
            "entwurf_id", "entwurf_version", name=op.f("uq_vorgang_entwurf_id_entwurf_version")
        ),
    )
    with op.batch_alter_table("vorgang", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vorgang_konto_id"), ["konto_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_vorgang_stelle_id"), ["stelle_id"], unique=False)

    op.create_table(
        "nachweisanfrage",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sitzung_id", sa.String(length=36), nullable=False),
        sa.Column("anbieter", sa.String(length=40), nullable=False),
        sa.Column("zurueck", sa.String(length=500), nullable=False),
        sa.Column("angelegt_at", base.Moment(timezone=True), nullable=False),
        sa.Column("eingeloest_at", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["sitzung_id"],
            ["sitzung.id"],
            name=op.f("fk_nachweisanfrage_sitzung_id_sitzung"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nachweisanfrage")),
    )
    with op.batch_alter_table("nachweisanfrage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nachweisanfrage_sitzung_id"), ["sitzung_id"], unique=False)

    op.create_table(
        "posteingang",
        sa.Column("vorgang_id", sa.String(length=36), nullable=False),
        sa.Column("stelle_id", sa.String(length=80), nullable=False),
        sa.Column("eingang_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("beleg", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["vorgang_id"], ["vorgang.id"], name=op.f("fk_posteingang_vorgang_id_vorgang")
        ),
        sa.PrimaryKeyConstraint("vorgang_id", name=op.f("pk_posteingang")),
    )
    with op.batch_alter_table("posteingang", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posteingang_stelle_id"), ["stelle_id"], unique=False)

    op.create_table(
        "postfach_nachricht",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("art", sa.String(length=20), nullable=False),
        sa.Column("absender", sa.String(length=200), nullable=False),
        sa.Column("betreff", base.EncryptedJSON(), nullable=False),
        sa.Column("text", base.EncryptedJSON(), nullable=False),
        sa.Column("vorgang_id", sa.String(length=36), nullable=True),
        sa.Column("entwurf_id", sa.String(length=36), nullable=True),
        sa.Column("eingegangen_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("gelesen_utc", base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["entwurf_id"], ["entwurf.id"], name=op.f("fk_postfach_nachricht_entwurf_id_entwurf")
        ),
        sa.ForeignKeyConstraint(
            ["vorgang_id"], ["vorgang.id"], name=op.f("fk_postfach_nachricht_vorgang_id_vorgang")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postfach_nachricht")),
    )
    with op.batch_alter_table("postfach_nachricht", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_postfach_nachricht_konto_id"), ["konto_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_postfach_nachricht_vorgang_id"), ["vorgang_id"], unique=False)

    op.create_table(
        "vorgang_status",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("vorgang_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("text", base.EncryptedJSON(), nullable=False),
        sa.Column("von", sa.String(length=200), nullable=False),
        sa.Column("am_utc", base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["vorgang_id"], ["vorgang.id"], name=op.f("fk_vorgang_status_vorgang_id_vorgang")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vorgang_status")),
    )
    with op.batch_alter_table("vorgang_status", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vorgang_status_vorgang_id"), ["vorgang_id"], unique=False)

    op.create_table(
        "zustellung",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("vorgang_id", sa.String(length=36), nullable=False),
        sa.Column("kanal", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("versuche", sa.Integer(), nullable=False),
        sa.Column("naechster_versuch_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("zugestellt_utc", base.Moment(timezone=True), nullable=True),
        sa.Column("fehler", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["vorgang_id"], ["vorgang.id"], name=op.f("fk_zustellung_vorgang_id_vorgang")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zustellung")),
        sa.UniqueConstraint("vorgang_id", name=op.f("uq_zustellung_vorgang_id")),
    )
    with op.batch_alter_table("zustellung", schema=None) as batch_op:
        batch_op.create_index("ix_zustellung_faellig", ["status", "naechster_versuch_utc"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("zustellung", schema=None) as batch_op:
        batch_op.drop_index("ix_zustellung_faellig")

    op.drop_table("zustellung")
    with op.batch_alter_table("vorgang_status", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vorgang_status_vorgang_id"))

    op.drop_table("vorgang_status")
    with op.batch_alter_table("postfach_nachricht", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_postfach_nachricht_vorgang_id"))
        batch_op.drop_index(batch_op.f("ix_postfach_nachricht_konto_id"))

    op.drop_table("postfach_nachricht")
    with op.batch_alter_table("posteingang", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posteingang_stelle_id"))

    op.drop_table("posteingang")
    with op.batch_alter_table("nachweisanfrage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_nachweisanfrage_sitzung_id"))

    op.drop_table("nachweisanfrage")
    with op.batch_alter_table("vorgang", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vorgang_stelle_id"))
        batch_op.drop_index(batch_op.f("ix_vorgang_konto_id"))

    op.drop_table("vorgang")
    op.drop_table("stammdatum")
    with op.batch_alter_table("sitzung", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sitzung_personal_id"))
        batch_op.drop_index(batch_op.f("ix_sitzung_konto_id"))

    op.drop_table("sitzung")
    with op.batch_alter_table("frist", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_frist_konto_id"))

    op.drop_table("frist")
    with op.batch_alter_table("freigabe", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_freigabe_konto_id"))
        batch_op.drop_index(batch_op.f("ix_freigabe_entwurf_id"))

    op.drop_table("freigabe")
    with op.batch_alter_table("dokument", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dokument_konto_id"))
        batch_op.drop_index(batch_op.f("ix_dokument_entwurf_id"))

    op.drop_table("dokument")
    with op.batch_alter_table("bindung", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bindung_sid"))
        batch_op.drop_index(batch_op.f("ix_bindung_konto_id"))

    op.drop_table("bindung")
    with op.batch_alter_table("tresor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tresor_unterhaltung"))

    op.drop_table("tresor")
    with op.batch_alter_table("protokoll", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_protokoll_konto_id"))

    op.drop_table("protokoll")
    op.drop_table("personal")
    op.drop_table("konto")
    op.drop_table("idempotenz")
    with op.batch_alter_table("fehlversuch", schema=None) as batch_op:
        batch_op.drop_index("ix_fehlversuch_schluessel_at")

    op.drop_table("fehlversuch")
    with op.batch_alter_table("entwurf", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_entwurf_unfertig",
            sqlite_where=sa.text("status IN ('offen', 'vorbereitet')"),
            postgresql_where=sa.text("status IN ('offen', 'vorbereitet')"),
        )
        batch_op.drop_index(batch_op.f("ix_entwurf_konto_id"))

    op.drop_table("entwurf")
