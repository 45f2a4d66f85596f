"""Use case: write everything anew that lies under the master key. Persons' keys stay; only their wrapping changes."""

from sqlalchemy import LargeBinary, Table, column, select, table, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.schema.base import KEYRING, EncryptedBytes, EncryptedJSON
from portal.schema.tables import Base


async def neu_verschluesseln(session: AsyncSession) -> int:
    """Encrypt every content with the newest master key; gives how many were written. Whole or not at all.

    Raises
    ------
    cryptography.fernet.InvalidToken
        A content fits none of the keys; nothing is changed.
    """
    changed = 0
    for known in Base.metadata.sorted_tables:
        columns = [c.name for c in known.columns if isinstance(c.type, EncryptedBytes | EncryptedJSON)]
        if columns:
            changed += await _tabelle(session, known, columns)
    return changed


async def _tabelle(session: AsyncSession, known: Table, columns: list[str]) -> int:
    keys = [c.name for c in known.primary_key.columns]
    raw = table(
        known.name,
        *(column(c.name, c.type) for c in known.primary_key.columns),
        *(column(name, LargeBinary) for name in columns),
    )
    rows = (await session.execute(select(*(raw.c[name] for name in keys)))).all()
    changed = 0
    for row in rows:
        here = [raw.c[name] == value for name, value in zip(keys, row, strict=True)]
        stored = (await session.execute(select(*(raw.c[name] for name in columns)).where(*here))).one()
        values = {
            name: KEYRING.fernet.rotate(token)
            for name, token in zip(columns, stored, strict=True)
            if token is not None
        }
        if values:
            await session.execute(update(raw).where(*here).values(**values))
            changed += len(values)
    return changed
