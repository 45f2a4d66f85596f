"""Use cases of a citizen's wish how to be told of disclosures and looks: of each at once, or collected."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import InvalidInputError
from portal.schema.protokoll import DatenwunschZeile
from portal.services import benachrichtigung, postfach

HINWEISE = {
    "gesammelt": "einmal am Tag gesammelt, wenn es etwas gibt",
    "sofort": "jedes Mal sofort",
}
"""How disclosures and looks are told: id → label."""
MELDENSWERT = ("uebermittlung", "einsicht", "auskunft")
"""Kinds of log entries that the citizen is told of; the rest she did herself a moment ago."""


@dataclass(frozen=True)
class Datenwunsch:
    """The wishes; the defaults until she chooses."""

    hinweise: str = "gesammelt"


async def laden(session: AsyncSession, konto_id: str) -> Datenwunsch:
    """The citizen's wishes."""
    row = await session.get(DatenwunschZeile, konto_id)
    return Datenwunsch(row.hinweise) if row else Datenwunsch()


async def zeile(session: AsyncSession, konto_id: str) -> DatenwunschZeile:
    """The stored wishes, made with the defaults when there are none."""
    row = await session.get(DatenwunschZeile, konto_id)
    if row is None:
        wish = Datenwunsch()
        row = DatenwunschZeile(konto_id=konto_id, hinweise=wish.hinweise, gesammelt_bis=0)
        session.add(row)
        await session.flush()
    return row


async def setzen(session: AsyncSession, konto_id: str, *, hinweise: str) -> None:
    """Change the wishes. Raises InvalidInputError for an unknown kind of notice."""
    if hinweise not in HINWEISE:
        raise InvalidInputError("Bitte wählen Sie, wann Sie einen Hinweis bekommen.", field="hinweise")
    row = await zeile(session, konto_id)
    row.hinweise = hinweise


async def sofort_melden(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    *,
    nummer: int,
    art: str,
    wer: str,
    wofuer: str,
    felder: str,
) -> None:
    """Put a notice of one log entry into the postbox if the citizen wants each at once."""
    if art not in MELDENSWERT:
        return
    row = await session.get(DatenwunschZeile, konto_id)
    if row is None or row.hinweise != "sofort":
        return
    what = "hat Ihre Angaben angesehen" if art == "einsicht" else "hat Angaben von Ihnen bekommen"
    postfach.schreiben(
        context,
        session,
        konto_id,
        art="datenhinweis",
        absender="Amtslotse, Ihr Datenschutz-Protokoll",
        betreff="Hinweis zu Ihren Daten",
        text=f"{wer} {what}.\nWofür: {wofuer}\nWelche Angaben: {felder}\n\nAlles Weitere steht unter „Meine Daten“.",
    )
    row.gesammelt_bis = max(row.gesammelt_bis, nummer)
    await benachrichtigung.anstossen(
        session, konto_id, "datenzugriff", jetzt=context.clock(), verweis="/mein/daten"
    )
