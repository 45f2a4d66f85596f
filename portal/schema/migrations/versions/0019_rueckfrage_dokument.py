"""A file that came with an answer to an office becomes a document under its person's key, released to the case."""

import hashlib
import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from portal.schema import base, schluessel

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KEYS = sa.table(
    "schluessel",
    sa.column("konto_id", sa.String),
    sa.column("inhaber", sa.String),
    sa.column("schluessel", base.EncryptedBytes()),
    sa.column("angelegt_utc", base.Moment()),
)
DOCUMENTS = sa.table(
    "dokument",
    *(sa.column(name, sa.String) for name in ("id", "konto_id", "art", "scanner", "medientyp", "sha256")),
    sa.column("belegt", sa.JSON),
    sa.column("kopie", sa.Boolean),
    sa.column("dateiname", base.EncryptedJSON()),
    sa.column("groesse", sa.Integer),
    sa.column("inhalt", sa.LargeBinary),
    sa.column("hochgeladen_utc", base.Moment()),
)
RELEASES = sa.table(
    "dokument_freigabe",
    *(sa.column(name, sa.String) for name in ("id", "konto_id", "dokument_id", "vorgang_id", "label")),
    sa.column("erteilt_utc", base.Moment()),
    sa.column("genutzt_utc", base.Moment()),
)
ANSWERS = sa.table(
    "rueckfrage",
    *(sa.column(name, sa.String) for name in ("id", "konto_id", "vorgang_id", "medientyp", "dokument_id")),
    sa.column("dateiname", base.EncryptedJSON()),
    sa.column("datei", base.EncryptedBytes()),
    sa.column("beantwortet_utc", base.Moment()),
)


def upgrade() -> None:
    with op.batch_alter_table("rueckfrage", schema=None) as batch_op:
        batch_op.add_column(sa.Column("dokument_id", sa.String(length=36), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_rueckfrage_dokument_id_dokument"), "dokument", ["dokument_id"], ["id"]
        )
    connection = op.get_bind()
    for row in connection.execute(sa.select(ANSWERS).where(ANSWERS.c.datei.is_not(None))).all():
        _move(connection, row)
    with op.batch_alter_table("rueckfrage", schema=None) as batch_op:
        for name in ("dateiname", "medientyp", "datei"):
            batch_op.drop_column(name)


def _move(connection, row) -> None:  # type: ignore[no-untyped-def]
    document, name = str(uuid.uuid4()), row.dateiname or "anlage"
    connection.execute(
        DOCUMENTS.insert().values(
            id=document,
            konto_id=row.konto_id,
            art="sonstiges",
            belegt=[],
            scanner="nicht bekannt, womit geprüft",
            kopie=False,
            dateiname=name,
            medientyp=row.medientyp,
            groesse=len(row.datei),
            sha256=hashlib.sha256(row.datei).hexdigest(),
            inhalt=schluessel.verschluesseln(
                _key(connection, row.konto_id), row.datei, f"dokument:{document}"
            ),
            hochgeladen_utc=row.beantwortet_utc,
        )
    )
    connection.execute(
        RELEASES.insert().values(
            id=str(uuid.uuid4()),
            konto_id=row.konto_id,
            dokument_id=document,
            vorgang_id=row.vorgang_id,
            label=f"Zur Antwort auf eine Rückfrage: {name}"[:200],
            erteilt_utc=row.beantwortet_utc,
            genutzt_utc=row.beantwortet_utc,  # whether the office has opened it was not noted
        )
    )
    connection.execute(ANSWERS.update().where(ANSWERS.c.id == row.id).values(dokument_id=document))


def _key(connection, konto_id: str) -> bytes:  # type: ignore[no-untyped-def]
    found = connection.execute(sa.select(KEYS.c.schluessel).where(KEYS.c.konto_id == konto_id)).scalar()
    if found is not None:
        return bytes(found)
    key = schluessel.neuer_schluessel()
    connection.execute(
        KEYS.insert().values(
            konto_id=konto_id, inhaber=str(uuid.uuid4()), schluessel=key, angelegt_utc=datetime.now(UTC)
        )
    )
    return key
