"""The clerks' desk: notes, asks, offers, second clerks, what an office sees, canned replies, colleagues."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REPLIES = (
    (
        "begruessung",
        "Begrüßung",
        "Guten Tag, Sie sprechen mit {funktion}, {stelle}. Ich habe das bisherige Gespräch vor mir. Einen Moment bitte, ich sehe es mir an.",
    ),
    ("moment", "Einen Moment bitte", "Ich prüfe das für Sie. Es dauert einen Moment; Sie müssen nichts tun."),
    (
        "gebuehr",
        "Kosten der Leistung",
        "Für „{leistung}“ gilt: {gebuehr}.",
    ),
    ("frist", "Frist der Leistung", "Für „{leistung}“ gilt diese Frist: {frist}."),
    (
        "zustaendig",
        "Zuständige Stelle",
        "Zuständig für „{leistung}“ ist: {zustaendig}.",
    ),
    (
        "abschied",
        "Verabschiedung",
        "Vielen Dank für das Gespräch. Ihre Angaben sind gespeichert. Wenn noch etwas offen ist, schreiben Sie uns jederzeit wieder.",
    ),
)


def upgrade() -> None:
    """Create the tables; the first replies are for all offices."""
    moment = sa.DateTime(timezone=True)

    def conversation(table: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=f"fk_{table}_conversation_id_conversations"
        )

    op.add_column("conversations", sa.Column("address_locked", sa.Boolean))
    op.create_table(
        "desk_notes",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("clerk_id", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(128), nullable=False),
        sa.Column("office", sa.String(200), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_notes"),
        conversation("desk_notes"),
        sa.UniqueConstraint(
            "conversation_id",
            "clerk_id",
            "client_id",
            name="uq_desk_notes_conversation_id_clerk_id_client_id",
        ),
    )
    op.create_table(
        "desk_asks",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("office", sa.String(200), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_asks"),
        conversation("desk_asks"),
    )
    op.create_table(
        "desk_offers",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("from_clerk", sa.String(64), nullable=False),
        sa.Column("to_clerk", sa.String(64)),
        sa.Column("to_office", sa.String(200), nullable=False),
        sa.Column("scope", sa.String(12), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_offers"),
        conversation("desk_offers"),
    )
    op.create_index("ix_desk_offers_status", "desk_offers", ["status"])
    for table in ("desk_notes", "desk_asks", "desk_offers"):
        op.create_index(f"ix_{table}_conversation_id", table, ["conversation_id"])
    op.create_table(
        "desk_participants",
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("clerk_id", sa.String(64), nullable=False),
        sa.Column("owner_id", sa.String(64), nullable=False),
        sa.Column("function", sa.String(200), nullable=False),
        sa.Column("office", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "clerk_id", name="pk_desk_participants"),
        conversation("desk_participants"),
    )
    op.create_table(
        "desk_scopes",
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("office", sa.String(200), nullable=False),
        sa.Column("from_seq", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "office", name="pk_desk_scopes"),
        conversation("desk_scopes"),
    )
    replies = op.create_table(
        "desk_replies",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("office", sa.String(200), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_replies"),
        sa.UniqueConstraint("office", "title", name="uq_desk_replies_office_title"),
    )
    op.create_index("ix_desk_replies_office", "desk_replies", ["office"])
    op.bulk_insert(
        replies, [{"id": id_, "office": "", "title": title, "text": text} for id_, title, text in REPLIES]
    )
    op.create_table(
        "desk_colleagues",
        sa.Column("clerk_id", sa.String(64), nullable=False),
        sa.Column("function", sa.String(200), nullable=False),
        sa.Column("office", sa.String(200), nullable=False),
        sa.Column("present_until", moment, nullable=False),
        sa.PrimaryKeyConstraint("clerk_id", name="pk_desk_colleagues"),
    )
    op.create_index("ix_desk_colleagues_office", "desk_colleagues", ["office"])
