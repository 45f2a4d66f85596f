"""A key a person; the disclosure log as a chain of encrypted entries; documents under the person's key."""

import json
import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from portal.domain import kette
from portal.schema import base, schluessel

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    keys = op.create_table(
        "schluessel",
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("inhaber", sa.String(length=36), nullable=False),
        sa.Column("schluessel", base.EncryptedBytes(), nullable=False),
        sa.Column("angelegt_utc", base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("konto_id", name=op.f("pk_schluessel")),
        sa.UniqueConstraint("inhaber", name=op.f("uq_schluessel_inhaber")),
    )
    heads = op.create_table(
        "protokoll_kopf",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stand", base.EncryptedJSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protokoll_kopf")),
    )
    op.create_table(
        "datenwunsch",
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("hinweise", sa.String(length=12), nullable=False),
        sa.Column("anbieten", sa.Boolean(), nullable=False),
        sa.Column("gesammelt_bis", sa.Integer(), nullable=False),
        sa.Column("uebersicht_utc", base.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("konto_id", name=op.f("pk_datenwunsch")),
    )
    with op.batch_alter_table("freigabe", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gueltig_bis_utc", base.Moment(timezone=True), nullable=True))

    known: dict[str, tuple[str, bytes]] = {}

    def key_of(konto_id: str) -> tuple[str, bytes]:
        if konto_id not in known:
            known[konto_id] = (str(uuid.uuid4()), schluessel.neuer_schluessel())
            holder, key = known[konto_id]
            row = {
                "konto_id": konto_id,
                "inhaber": holder,
                "schluessel": key,
                "angelegt_utc": datetime.now(UTC),
            }
            connection.execute(keys.insert().values(row))
        return known[konto_id]

    _chain_the_log(connection, heads, key_of)
    _encrypt_documents(connection, key_of)


def _chain_the_log(connection, heads, key_of) -> None:  # type: ignore[no-untyped-def]
    old = sa.Table("protokoll", sa.MetaData(), autoload_with=connection)
    old_rows = [dict(r._mapping) for r in connection.execute(sa.select(old).order_by(old.c.id))]
    op.drop_table("protokoll")
    new = op.create_table(
        "protokoll",
        sa.Column("nummer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("inhaber", sa.String(length=36), nullable=False),
        sa.Column("inhalt", base.EncryptedForPerson(), nullable=False),
        sa.Column("kettenwert", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("nummer", name=op.f("pk_protokoll")),
    )
    op.create_index(op.f("ix_protokoll_inhaber"), "protokoll", ["inhaber"], unique=False)
    last = kette.ANFANG
    for number, row in enumerate(old_rows, start=1):
        holder, key = key_of(row.pop("konto_id"))
        row.pop("id")
        moment = row["am_utc"]
        moment = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
        row["am_utc"] = (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).isoformat()
        if isinstance(row["felder"], str):
            row["felder"] = json.loads(row["felder"])
        content = schluessel.verschluesseln(
            key, json.dumps(row, ensure_ascii=False).encode(), f"protokoll:{number}"
        )
        last = kette.kettenwert(last, number, holder, content)
        connection.execute(
            new.insert().values(nummer=number, inhaber=holder, inhalt=content, kettenwert=last)
        )
    if old_rows:
        connection.execute(heads.insert().values(id=1, stand=[len(old_rows), last]))


def _encrypt_documents(connection, key_of) -> None:  # type: ignore[no-untyped-def]
    documents = sa.table(
        "dokument",
        sa.column("id", sa.String),
        sa.column("konto_id", sa.String),
        sa.column("inhalt", sa.LargeBinary),
    )
    for document_id, konto_id in connection.execute(sa.select(documents.c.id, documents.c.konto_id)).all():
        stored = connection.execute(
            sa.select(documents.c.inhalt).where(documents.c.id == document_id)
        ).scalar_one()
        content = schluessel.verschluesseln(
            key_of(konto_id)[1], base.KEYRING.fernet.decrypt(stored), f"dokument:{document_id}"
        )
        connection.execute(documents.update().where(documents.c.id == document_id).values(inhalt=content))


def downgrade() -> None:
    raise NotImplementedError("what was encrypted for a person does not go back under the common key")
