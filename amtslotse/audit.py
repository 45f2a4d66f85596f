"""`amtslotse audit …`: is the disclosure log whole?"""

import asyncio
import os
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from amtslotse.datenbank import portal_session
from amtslotse.installation import Installation
from portal.services import protokoll
from portal.services.protokoll import Pruefbericht

app = typer.Typer(help="Das Datenschutz-Protokoll prüfen.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)

BRUCH = {
    "fehlt": "Eintrag {nummer} fehlt.",
    "veraendert": "Eintrag {nummer} wurde verändert.",
    "abgeschnitten": "Ab Eintrag {nummer} fehlt das Ende des Protokolls.",
}


@app.command()
def verify(
    kopf: Annotated[
        str | None,
        typer.Option(help="Früher notierter Kopf (Nummer:Prüfwert); er muss noch in der Kette stehen."),
    ] = None,
) -> None:
    """Check every link of the log; exit code 1 and the first broken link if one is broken."""
    try:
        report, known = asyncio.run(_check(Installation.from_environment(os.environ), kopf))
    except (OSError, SQLAlchemyError) as error:
        errors.print(f"[bold red]Fehler:[/] Die Datenbank antwortet nicht ({type(error).__name__}).")
        raise typer.Exit(2) from None
    if report.bruch is not None:
        message = BRUCH[report.bruch.art].format(nummer=report.bruch.nummer)
        errors.print(f"[bold red]Das Protokoll ist nicht lückenlos.[/] {message}", highlight=False)
    if not known:
        errors.print(
            "[bold red]Der notierte Kopf steht nicht in der Kette.[/] Sie wurde ersetzt oder gekürzt."
        )
    if report.ohne_schluessel:
        errors.print(
            f"[bold red]{report.ohne_schluessel} persönliche Schlüssel fehlen,[/] ohne dass eine Löschung vermerkt ist.",
            highlight=False,
        )
    if report.wieder_lesbar:
        errors.print(
            f"[bold red]{report.wieder_lesbar} gelöschte Personen sind wieder lesbar:[/] Ihr Schlüssel ist zurück, zum Beispiel aus einer "
            "Sicherung. Bitte löschen Sie ihn.",
            highlight=False,
        )
    if report.bruch is not None or not known or report.ohne_schluessel or report.wieder_lesbar:
        raise typer.Exit(1)
    console.print(
        f"Das Protokoll ist lückenlos: {report.eintraege} Einträge, {report.geloescht} gelöschte Personen.\n"
        f"Kopf: {report.kopf}",
        highlight=False,
        soft_wrap=True,
    )


async def _check(installation: Installation, kopf: str | None) -> tuple[Pruefbericht, bool]:
    async with portal_session(installation) as session:
        report = await protokoll.pruefen(session)
        return report, kopf is None or await protokoll.enthaelt(session, kopf)
