"""Use case: read the catalogue's files anew while the portal runs."""

from portal.catalogue import Fehler
from portal.context import PortalContext
from portal.errors import ConflictError
from portal.services import abweichung, katalogstand, redaktion


class CatalogueRefusedError(ConflictError):
    """The files have mistakes; the catalogue in use stays. Its author corrects what `extra` lists and repeats."""

    code = "katalog_fehlerhaft"

    def __init__(self, fehler: list[Fehler]) -> None:
        count = "einen Fehler" if len(fehler) == 1 else f"{len(fehler)} Fehler"
        super().__init__(f"Der neue Katalog hat {count}. Der bisherige bleibt in Kraft.")
        self.extra = {
            "mistakes": [
                {"file": f.datei, "line": f.zeile, "rule": f.regel, "text": f.text, "display": str(f)}
                for f in fehler
            ]
        }


async def neu_laden(context: PortalContext) -> int:
    """Put the files' present state, with the editors' stored changes, in use, here and in all other processes; gives the number of services.

    Raises
    ------
    CatalogueRefusedError
        The files have mistakes. Nothing was changed.
    """
    async with context.redaktion:
        async with context.transaction() as session:
            before = await katalogstand.nummer(session)
        loaded, mistakes, changes = await redaktion.lesen(context)
        if mistakes:
            context.bestand.ersetzen(loaded, mistakes, changes)
            raise CatalogueRefusedError(mistakes)
        async with context.transaction() as session:
            await abweichung.erfassen(context, session, loaded)
            counted = await katalogstand.weiterzaehlen(session)
        context.bestand.ersetzen(loaded, mistakes, changes)
        # Where another process stored a change while the files were read, its number is still to come.
        context.bestand.stand = counted if counted == before + 1 else before
    return len(context.katalog.leistungen)
