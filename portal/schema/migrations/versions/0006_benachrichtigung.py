"""Notices on their way, wishes for them, the demo's outbox; periodic jobs with their lease."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auftrag",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("naechster_lauf_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("halter", sa.String(length=36), nullable=True),
        sa.Column("gehalten_bis_utc", base.Moment(timezone=True), nullable=True),
        sa.Column("zuletzt_gut_utc", base.Moment(timezone=True), nullable=True),
        sa.Column("fehlversuche", sa.Integer(), nullable=False),
        sa.Column("fehler", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_auftrag")),
    )
    op.create_table(
        "benachrichtigung",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("anlass", sa.String(length=40), nullable=False),
        sa.Column("kanal", sa.String(length=16), nullable=False),
        sa.Column("verweis", base.EncryptedJSON(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("versuche", sa.Integer(), nullable=False),
        sa.Column("angelegt_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("faellig_utc", base.Moment(timezone=True), nullable=False),
        sa.Column("gesendet_utc", base.Moment(timezone=True), nullable=True),
        sa.Column("fehler", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konto.id"], name=op.f("fk_benachrichtigung_konto_id_konto"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benachrichtigung")),
    )
    with op.batch_alter_table("benachrichtigung", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_benachrichtigung_konto_id"), ["konto_id"], unique=False)
        batch_op.create_index("ix_benachrichtigung_faellig", ["status", "faellig_utc"], unique=False)
    op.create_table(
        "benachrichtigung_wunsch",
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("werte", base.EncryptedJSON(), nullable=False),
        sa.Column("geaendert_utc", base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["konto_id"],
            ["konto.id"],
            name=op.f("fk_benachrichtigung_wunsch_konto_id_konto"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("konto_id", name=op.f("pk_benachrichtigung_wunsch")),
    )
    op.create_table(
        "demo_ausgang",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("kanal", sa.String(length=16), nullable=False),
        sa.Column("inhalt", base.EncryptedJSON(), nullable=False),
        sa.Column("gesendet_utc", base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_ausgang")),
    )


def downgrade() -> None:
    op.drop_table("demo_ausgang")
    op.drop_table("benachrichtigung_wunsch")
    op.drop_table("benachrichtigung")
    op.drop_table("auftrag")
