"""Logging in with an identity provider: there and back, once, in the same browser; its values wait for the citizen's word."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import ForbiddenError
from portal.schema.konto import KontoRow
from portal.schema.personal import PersonalRow
from portal.schema.zugang import VerknuepfungRow
from portal.services import (
    anbieter,
    anbieteranfrage,
    anmeldung,
    benachrichtigung,
    bremse,
    datenvorschlag,
    sperre,
)
from portal.services.anbieter import Anmeldedienst, Person, Weg
from portal.services.anmeldung import Offen
from portal.services.sitzung import Herkunft, NeueSitzung
from portal.services.zweitfaktor import Inhaber

EXTERN = "extern:"
"""Prefix of the login name of accounts that only a provider leads into; nobody can type a password for them."""


async def beginnen(context: PortalContext, art: str, dienst_id: str, besuch: str, zurueck: str) -> Weg:
    """Open a request for this browser and give the way to the provider. Raises NotFoundError, IdentityProofError."""
    return await anbieteranfrage.eroeffnen(
        context, anbieter.dienst(context, art, dienst_id), art, besuch, zurueck
    )


async def beenden(
    context: PortalContext,
    art: str,
    dienst_id: str,
    antwort: Mapping[str, str],
    besuch: str,
    herkunft: Herkunft,
    *,
    alt: str | None = None,
) -> tuple[NeueSitzung | Offen, str, str | None]:
    """Take the provider's answer and log in.

    Returns
    -------
    tuple
        The session (or what is missing), the own path to go to, and the id of a proposal for the master data.

    Raises
    ------
    IdentityProofError
        The answer is forged, too old, used before, or another browser's.
    ForbiddenError
        The provider knows this member of staff, the town does not.
    """
    dienst = anbieter.dienst(context, art, dienst_id)
    now = context.clock()
    person, zurueck = await anbieteranfrage.einloesen(context, dienst, art, besuch, antwort)
    proposal = None
    async with context.transaction() as session:
        inhaber = await _inhaber(context, session, art, dienst, person, now)
        if inhaber.konto_id is not None:
            locked = await sperre.gesperrt_seit(session, inhaber.konto_id)
            if locked is not None and person.vertrauen == "hoch":  # the eID, nothing less
                await sperre.entsperren(session, inhaber.konto_id)
                await benachrichtigung.anstossen(
                    session, inhaber.konto_id, "konto_geaendert", jetzt=now, verweis="/mein/sicherheit"
                )
            proposal = await datenvorschlag.machen(
                context, session, inhaber.konto_id, dienst.quelle, dienst.name, person.angaben
            )
    found = await anmeldung.weiter(
        context,
        inhaber,
        person.vertrauen,
        herkunft,
        zurueck,
        alt=alt,
        faktor_erfuellt=person.faktor_erfuellt,
    )
    return found, zurueck, proposal


async def dienste_von(context: PortalContext, session: AsyncSession, konto_id: str) -> list[Anmeldedienst]:
    """The providers that lead into this account and that the installation still offers."""
    linked = set(
        await session.scalars(select(VerknuepfungRow.anbieter).where(VerknuepfungRow.konto_id == konto_id))
    )
    return [one for one in anbieter.dienste(context, "konto").values() if one.id in linked]


async def _inhaber(
    context: PortalContext,
    session: AsyncSession,
    art: str,
    dienst: Anmeldedienst,
    person: Person,
    now: datetime,
) -> Inhaber:
    key = bremse.pruefwert(context, f"subjekt:{dienst.id}:{person.subjekt}")
    link = await session.scalar(
        select(VerknuepfungRow).where(
            VerknuepfungRow.anbieter == dienst.id, VerknuepfungRow.subjekt_hash == key
        )
    )
    if link is not None:
        link.zuletzt_at = now
        return Inhaber(link.konto_id, link.personal_id)
    if art == "personal":
        staff = await session.scalar(
            select(PersonalRow).where(PersonalRow.anmeldename == person.dienstname.lower())
        )
        if staff is None or not person.dienstname:
            raise ForbiddenError(
                "Ihr Dienstkonto ist in Amtslotse noch nicht eingerichtet. Bitte wenden Sie sich an die Leitung."
            )
        inhaber = Inhaber(personal_id=staff.id)
    else:
        account = KontoRow(id=str(uuid.uuid4()), anmeldename="", passwort_hash="", angelegt_at=now)
        account.anmeldename = f"{EXTERN}{account.id}"
        session.add(account)
        await session.flush()
        inhaber = Inhaber(konto_id=account.id)
    session.add(
        VerknuepfungRow(
            id=str(uuid.uuid4()),
            konto_id=inhaber.konto_id,
            personal_id=inhaber.personal_id,
            anbieter=dienst.id,
            subjekt_hash=key,
            angelegt_at=now,
            zuletzt_at=now,
        )
    )
    await session.flush()
    return inhaber
