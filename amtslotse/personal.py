"""`amtslotse staff`: accounts of clerks and officials, their roles and offices."""

import asyncio
import os
from collections.abc import Coroutine
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from amtslotse.clock import system_time
from amtslotse.datenbank import portal_session
from amtslotse.installation import Installation
from portal.errors import PortalError
from portal.services import konto, personal

app = typer.Typer(help="Dienstkonten: anlegen, Rollen, zweiter Faktor.", no_args_is_help=True)
console = Console()

Name = Annotated[str, typer.Argument(help="Anmeldename")]
Rollen = Annotated[list[str], typer.Option("--rolle", help=f"Eine von: {', '.join(personal.ROLLEN)}")]
Stelle = Annotated[str | None, typer.Option(help="Kennung der Stelle aus stellen.yml; ohne: die ganze Stadt")]


@app.command("list")
def show() -> None:
    """Alle Dienstkonten mit Rollen und Stelle."""

    async def read() -> list[personal.Beschaeftigte]:
        async with portal_session(_installation()) as session:
            return await personal.liste(session)

    table = Table("Anmeldename", "Funktion", "Stelle", "Rollen", "Zweiter Faktor")
    for one in asyncio.run(read()):
        factor = "ja" if one.zweitfaktor else "noch nicht"
        table.add_row(one.anmeldename, one.funktion, one.stelle_name, ", ".join(one.rollen), factor)
    console.print(table)


@app.command("add")
def add(
    name: Name,
    rollen: Rollen,
    funktion: Annotated[
        str, typer.Option(help="Was Bürgerinnen und Bürger lesen, zum Beispiel Bürgerservice")
    ],
    stelle_name: Annotated[str, typer.Option(help="Name der Stelle, wie ihn alle lesen")],
    stelle: Stelle = None,
    thema: Annotated[list[str] | None, typer.Option(help="Leistung; ohne Angabe alle")] = None,
    passwort: Annotated[
        str, typer.Option(prompt="Erstes Passwort", hide_input=True, confirmation_prompt=True)
    ] = "",
) -> None:
    """Ein Dienstkonto anlegen. Den zweiten Faktor richtet die Person bei der ersten Anmeldung ein."""

    async def write() -> None:
        konto.passwort_zulaessig(passwort)
        hashed = konto.hash_password(passwort)
        async with portal_session(_installation()) as session:
            await personal.anlegen(
                session,
                name,
                hashed,
                rollen,
                stelle=stelle,
                stelle_name=stelle_name,
                funktion=funktion,
                themen=thema or ["*"],
                jetzt=system_time(),
            )

    _run(write(), f"„{name}“ ist angelegt.")


@app.command("roles")
def roles(name: Name, rollen: Rollen, stelle: Stelle = None) -> None:
    """Rollen und Stelle ersetzen; alle Anmeldungen der Person enden."""

    async def write() -> None:
        async with portal_session(_installation()) as session:
            await personal.rollen_setzen(session, name, [r for r in rollen if r], stelle, system_time())

    _run(write(), f"Die Rollen von „{name}“ sind geändert, die Anmeldungen beendet.")


@app.command("reset-factor")
def reset_factor(name: Name) -> None:
    """Den zweiten Faktor vergessen, nachdem Sie die Person erkannt haben."""

    async def write() -> None:
        async with portal_session(_installation()) as session:
            await personal.faktor_zuruecksetzen(session, name, system_time())

    _run(write(), f"„{name}“ richtet bei der nächsten Anmeldung einen neuen zweiten Faktor ein.")


def _installation() -> Installation:
    return Installation.from_environment(os.environ)


def _run(work: Coroutine[None, None, None], done: str) -> None:
    try:
        asyncio.run(work)
    except PortalError as error:
        console.print(error.message)
        raise typer.Exit(1) from error
    console.print(done)
