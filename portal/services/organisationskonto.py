"""Companies come through the Organisationskonto: a port, and an adapter of the demo town that says that it is one."""

from dataclasses import dataclass
from typing import Protocol

from portal.context import PortalContext
from portal.errors import InvalidInputError


@dataclass(frozen=True)
class Organisation:
    """A company as the Organisationskonto tells it. `nachweis`: what proves the power, in words."""

    name: str
    nachweis: str


class Organisationskonto(Protocol):
    """Turns what the Organisationskonto sent into the company and the power of the person who came from it."""

    async def organisation(self, nachweis: str) -> Organisation:
        """Raises InvalidInputError when it is unknown or does not hold."""
        ...


class DemoOrganisationskonto:
    """Stands in for the Organisationskonto (§ 3 Abs. 3 OZG) in the demo town: one invented company, one public code."""

    CODE = "DEMO-MUSTERBAU"

    async def organisation(self, nachweis: str) -> Organisation:
        """Know the invented company."""
        if nachweis.strip().upper() != self.CODE:
            raise InvalidInputError(
                f"Dieses Organisationskonto kennen wir nicht. In der Demonstration gibt es eines: {self.CODE}.",
                field="nachweis",
            )
        return Organisation("Musterbau GmbH", "Organisationskonto der Demonstration, kein echter Nachweis")


def anbindung(context: PortalContext) -> Organisationskonto | None:
    """The Organisationskonto of this installation, None where none is connected."""
    return DemoOrganisationskonto() if context.settings.demo else None
