"""Use case: a citizen deletes her account. What she gave us goes; cases that offices have stay there, without her account."""

import uuid
from datetime import datetime

from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import ConflictError
from portal.schema.anliegen import AnliegenZeile
from portal.schema.dokument import DokumentfreigabeZeile, DokumentZeile
from portal.schema.entwurf import EntwurfZeile
from portal.schema.konto import KontoRow
from portal.schema.tables import Base
from portal.schema.vorgang import VorgangZeile, ZustellungZeile
from portal.services import dokument, gespraechsdaten, protokoll, schluessel, sitzung

OHNE_ZUGANG = "geloescht"
"""In place of the password's hash: an account that keeps files for offices and that nobody enters."""
AKTE = frozenset(
    (
        "vorgang",
        "bescheid",
        "rueckfrage",
        "anliegen",
        "vermerk",
        "dokument_freigabe",
        "freigabe",
        "mitzeichnung",
        "gebuehr",
    )
)
"""Tables whose rows belong to cases that an office has; they stay under a stand-in that leads to nobody."""
WEG = (
    "Ihr Konto mit allen Anmeldungen",
    "Ihre Stammdaten, Ihr Haushalt und Ihre Wünsche",
    "Entwürfe, die Sie nicht abgegeben haben, mit ihren Unterlagen",
    "Unterlagen, die Sie hier aufbewahren",
    "Ihr Postfach, Ihre Termine und Erinnerungen",
    "Ihre Gespräche mit dem Assistenten und mit Beschäftigten, und die Verbindung zu Ihren Messengern",
    "Ihr Schlüssel: Ihr Protokoll kann danach niemand mehr lesen",
)
BLEIBT = (
    "Abgegebene Vorgänge mit ihren Unterlagen und Bescheiden: Die Stelle bearbeitet sie nach ihrem Recht und muss ihre Akten aufbewahren "
    "(Art. 17 Abs. 3 Buchst. b DSGVO). Wie lange, sagt das Aufbewahrungsrecht der Stelle; fragen Sie dort.",
    "Was Beschäftigte aus einem Gespräch zu einem Vorgang festgehalten haben: Es gehört zum Vorgang und liegt aus demselben Grund bei der Stelle.",
    "Die verschlüsselten Einträge des Protokolls: ohne Ihren Schlüssel sind sie unlesbar. Sie zeigen nur noch, dass kein Eintrag fehlt.",
)


async def loeschen(context: PortalContext, session: AsyncSession, konto_id: str) -> None:
    """Delete the account and end its sessions.

    Raises
    ------
    ConflictError
        A case is on its way to an office right now.
    """
    cases = {
        row.id: row
        for row in await session.scalars(select(VorgangZeile).where(VorgangZeile.konto_id == konto_id))
    }
    waiting = await session.scalar(
        select(ZustellungZeile.id).where(
            ZustellungZeile.vorgang_id.in_(cases), ZustellungZeile.status == "offen"
        )
    )
    if waiting is not None:
        raise ConflictError(
            "Gerade wird ein Vorgang von Ihnen zugestellt. Bitte versuchen Sie es in einigen Minuten noch einmal. Es wurde nichts gelöscht."
        )
    await sitzung.revoke_all(session, konto_id, context.clock())
    asked = await session.scalar(select(AnliegenZeile.id).where(AnliegenZeile.konto_id == konto_id).limit(1))
    if cases or asked is not None:
        await _akten_loesen(context, session, konto_id, cases)
    await gespraechsdaten.vormerken(context, session, konto_id)
    for table in reversed(Base.metadata.sorted_tables):
        if table.name not in ("konto", "schluessel"):
            await _leeren(session, table, konto_id)
    key = await schluessel.vorhanden(session, konto_id)
    if key is not None:
        await protokoll.loeschung_vermerken(session, key.inhaber)
        await schluessel.vernichten(session, konto_id)
    await session.execute(delete(KontoRow).where(KontoRow.id == konto_id))
    session.expire_all()


async def _akten_loesen(
    context: PortalContext, session: AsyncSession, konto_id: str, cases: dict[str, VorgangZeile]
) -> None:
    """Move what belongs to delivered cases to a stand-in account that nobody can enter and that holds no data."""
    stand_in = await _platzhalter(session, context.clock())
    drafts = {case.entwurf_id for case in cases.values()}
    released = set(
        await session.scalars(
            select(DokumentfreigabeZeile.dokument_id).where(DokumentfreigabeZeile.vorgang_id.in_(cases))
        )
    )
    documents = set(
        await session.scalars(
            select(DokumentZeile.id).where(
                DokumentZeile.konto_id == konto_id,
                DokumentZeile.entwurf_id.in_(drafts) | DokumentZeile.id.in_(released),
            )
        )
    )
    await _umschluesseln(context, session, konto_id, stand_in, documents)
    await session.execute(
        update(EntwurfZeile)
        .where(EntwurfZeile.id.in_(drafts))
        .values(konto_id=stand_in, felder={}, nachweise={}, vertretung_id=None)
    )
    for table in Base.metadata.sorted_tables:
        if table.name not in AKTE:
            continue
        here = [table.c.konto_id == konto_id]
        if "vorgang_id" in table.c:
            here.append(table.c.vorgang_id.in_(cases))
        elif "entwurf_id" in table.c:
            here.append(table.c.entwurf_id.in_(drafts))
        await session.execute(update(table).where(*here).values(konto_id=stand_in))


async def _platzhalter(session: AsyncSession, now: datetime) -> str:
    row = KontoRow(
        id=str(uuid.uuid4()),
        anmeldename=f"geloescht-{uuid.uuid4()}",
        passwort_hash=OHNE_ZUGANG,
        angelegt_at=now,
    )
    session.add(row)
    await session.flush()
    return row.id


async def _umschluesseln(
    context: PortalContext, session: AsyncSession, konto_id: str, stand_in: str, documents: set[str]
) -> None:
    """The office keeps the documents of its case: under a key of the case's own, since hers is destroyed."""
    key = await schluessel.fuer(context, session, stand_in)
    for document_id in sorted(documents):
        _, content = await dokument.laden(session, document_id, konto_id=konto_id)
        await session.execute(
            update(DokumentZeile)
            .where(DokumentZeile.id == document_id)
            .values(konto_id=stand_in, inhalt=key.verschluesseln(content, f"dokument:{document_id}"))
        )


async def _leeren(session: AsyncSession, table: Table, konto_id: str) -> None:
    """Delete her rows of one table; rows that hang on rows of hers in another table first, as the order of tables gives it."""
    for key in table.foreign_keys:
        parent = key.column.table
        if "konto_id" in parent.c and parent.name != table.name and parent.name != "konto":
            hers = select(key.column).where(parent.c.konto_id == konto_id)
            if key.parent.nullable:
                await session.execute(
                    update(table).where(key.parent.in_(hers)).values({key.parent.name: None})
                )
            else:
                await session.execute(delete(table).where(key.parent.in_(hers)))
    for name in ("konto_id", "fuer_konto"):
        if name in table.c:
            await session.execute(delete(table).where(table.c[name] == konto_id))
