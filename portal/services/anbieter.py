"""Port to identity providers: what every one of them answers, however it speaks (OIDC, SAML, later a wallet)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from portal.context import PortalContext
from portal.errors import NotFoundError
from portal.services.datenvorschlag import Angabe
from portal.services.identitaet import IdentityProofError


@dataclass(frozen=True)
class Organisation:
    """A company as the Organisationskonto names it."""

    name: str
    kennung: str
    """Its number there."""


@dataclass(frozen=True)
class Person:
    """Whom a provider has identified."""

    subjekt: str
    """The provider's pseudonym for this person at this portal."""
    vertrauen: str
    """Level of this login: `niedrig`, `substantiell` or `hoch`."""
    angaben: Sequence[Angabe] = ()
    """Values with the trust of each."""
    faktor_erfuellt: bool = False
    """Whether the provider asked for a second factor itself."""
    dienstname: str = ""
    """Staff: the login name in the town's directory."""
    organisation: Organisation | None = None
    """The company for which the person came, from an Organisationskonto."""


@dataclass(frozen=True)
class Weg:
    """Where to send the browser."""

    url: str
    felder: Mapping[str, str] = field(default_factory=dict)
    """Form fields to post there; empty: a redirect."""
    geheim: Mapping[str, str] = field(default_factory=dict)
    """What this side keeps until the answer comes."""


class Anmeldedienst(Protocol):
    """An identity provider."""

    id: str
    name: str
    """As people read it."""
    quelle: str
    """Source of its values in the master data."""

    async def beginnen(self, anfrage: str, now: datetime) -> Weg:
        """Where to send the browser for the request with this id."""
        ...

    async def pruefen(
        self, anfrage: str, geheim: Mapping[str, str], antwort: Mapping[str, str], now: datetime
    ) -> Person:
        """Check the answer to this request; IdentityProofError if it is not to be believed."""
        ...


def dienste(context: PortalContext, art: str) -> dict[str, Anmeldedienst]:
    """The providers of this installation, in the order in which they are offered.

    Parameters
    ----------
    art
        `konto`, `personal` or `organisation`.
    """
    from portal.services.anbieter_oidc import OidcDienst
    from portal.services.anbieter_saml import BundId

    settings, found = context.settings, list[Anmeldedienst]()
    if art == "konto" and settings.bundid is not None:
        found.append(BundId(settings.bundid, settings.origin))
    found += [OidcDienst(one, settings.origin) for one in settings.oidc if one.art == art]
    return {one.id: one for one in found}


def dienst(context: PortalContext, art: str, id: str) -> Anmeldedienst:
    """One provider. Raises NotFoundError."""
    found = dienste(context, art).get(id)
    if found is None:
        raise NotFoundError("Diesen Anmeldedienst gibt es hier nicht.")
    return found


def frisch(geheim: Mapping[str, str], wann: datetime, uhr: timedelta) -> None:
    """Refuse a login that the provider kept from before: it was asked for a new one. Raises ValueError.

    Parameters
    ----------
    geheim
        What this side kept; `begonnen` is when it asked.
    wann
        When the person logged in, as the provider says.
    uhr
        How far the provider's clock may be off.
    """
    if wann < datetime.fromisoformat(geheim["begonnen"]) - uhr:
        raise ValueError("an old login, where a new one was asked for")


__all__ = [
    "Anmeldedienst",
    "IdentityProofError",
    "Organisation",
    "Person",
    "Weg",
    "dienst",
    "dienste",
    "frisch",
]
