"""Proving who one is with an identity provider (BundID) from within one's own account; from then on it also leads into it."""

import uuid
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain.antragsentwurf import reicht
from portal.errors import ConflictError
from portal.schema.zugang import VerknuepfungRow
from portal.services import (
    anbieter,
    anbieteranfrage,
    bremse,
    buergerident,
    datenvorschlag,
    sitzung,
    sperrlink,
)
from portal.services.anbieter import Anmeldedienst, Person, Weg
from portal.services.sitzung import SitzungView

ZWECK = "nachweis"


async def beginnen(context: PortalContext, view: SitzungView, dienst_id: str, zurueck: str) -> Weg:
    """Open a request for this session and give the way to the provider. Raises NotFoundError, IdentityProofError."""
    dienst = anbieter.dienst(context, "konto", dienst_id)
    return await anbieteranfrage.eroeffnen(context, dienst, ZWECK, view.sid, zurueck)


async def abschliessen(
    context: PortalContext, view: SitzungView, dienst_id: str, antwort: Mapping[str, str]
) -> tuple[str, str | None]:
    """Take the provider's answer: the session has its level, and its values are proposed.

    Returns
    -------
    tuple
        The own path to go to, and the id of a proposal for the master data.

    Raises
    ------
    ConflictError
        It is somebody else, or leads into another account here already. Nothing was changed.
    IdentityProofError
        The answer is forged, too old, used before, or another session's.
    """
    dienst, now = anbieter.dienst(context, "konto", dienst_id), context.clock()
    person, zurueck = await anbieteranfrage.einloesen(context, dienst, ZWECK, view.sid, antwort)
    async with context.transaction() as session:
        await _verknuepfen(context, session, view.konto_id, dienst, person)
        if reicht(person.vertrauen, view.vertrauen):
            await sitzung.raise_trust(session, view.sid, person.vertrauen)
        if person.faktor_erfuellt:
            await sitzung.confirm(session, view.sid, now)
        proposal = await datenvorschlag.machen(
            context, session, view.konto_id, dienst.quelle, dienst.name, person.angaben
        )
    return zurueck, proposal


async def _verknuepfen(
    context: PortalContext, session: AsyncSession, konto_id: str, dienst: Anmeldedienst, person: Person
) -> None:
    key = bremse.pruefwert(context, f"subjekt:{dienst.id}:{person.subjekt}")
    link = await session.scalar(
        select(VerknuepfungRow).where(
            VerknuepfungRow.anbieter == dienst.id, VerknuepfungRow.subjekt_hash == key
        )
    )
    if link is not None and link.konto_id != konto_id:
        raise ConflictError(
            f"Mit diesem Zugang bei {dienst.name} gibt es hier schon ein anderes Konto. Es wurde nichts geändert."
        )
    await buergerident.gehoert_dazu(session, konto_id, {one.feld: one.wert for one in person.angaben})
    now = context.clock()
    if link is not None:
        link.zuletzt_at = now
        return
    session.add(
        VerknuepfungRow(
            id=str(uuid.uuid4()),
            konto_id=konto_id,
            personal_id=None,
            anbieter=dienst.id,
            subjekt_hash=key,
            angelegt_at=now,
            zuletzt_at=now,
        )
    )
    await sperrlink.aenderung_melden(context, session, konto_id)
