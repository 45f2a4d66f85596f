"""Companies come through the Organisationskonto (§ 3 Abs. 3 OZG), a provider behind the port of all identity providers."""

from collections.abc import Mapping
from datetime import timedelta

from portal.context import PortalContext
from portal.services import anbieter, anbieteranfrage, vertretung
from portal.services.anbieter import Anmeldedienst, IdentityProofError, Weg
from portal.services.sitzung import SitzungView

ART = "organisation"
GILT = timedelta(days=365)
"""How long a power that the Organisationskonto confirmed holds; then it is asked again."""
ZURUECK = "/mein/vertretungen"


def anbindung(context: PortalContext) -> Anmeldedienst | None:
    """The Organisationskonto of this installation, None where none is connected."""
    return next(iter(anbieter.dienste(context, ART).values()), None)


async def beginnen(context: PortalContext, view: SitzungView, dienst_id: str) -> Weg:
    """Open a request for this session and give the way to the Organisationskonto. Raises NotFoundError, IdentityProofError."""
    dienst = anbieter.dienst(context, ART, dienst_id)
    return await anbieteranfrage.eroeffnen(context, dienst, ART, view.sid, ZURUECK)


async def verbinden(
    context: PortalContext, view: SitzungView, dienst_id: str, antwort: Mapping[str, str]
) -> None:
    """Take the signed answer: from now on she may act for the company that it names.

    Raises
    ------
    IdentityProofError
        The answer is forged, too old, used before, another session's, or names no company.
    NotFoundError
        There is no such provider.
    """
    dienst = anbieter.dienst(context, ART, dienst_id)
    person, _ = await anbieteranfrage.einloesen(context, dienst, ART, view.sid, antwort)
    if person.organisation is None:
        raise IdentityProofError
    async with context.transaction() as session:
        await vertretung.organisation_verbinden(
            context,
            session,
            view.konto_id,
            person.organisation.name,
            f"{dienst.name}, Kennung {person.organisation.kennung}",
            context.today() + GILT,
        )
