"""`amtslotse keys …`: the master key of the portal's contents."""

import asyncio
import os
from pathlib import Path

import typer
from cryptography.fernet import Fernet
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from amtslotse.datenbank import portal_session
from amtslotse.installation import Installation
from amtslotse.supervisor import BusyPortError, check_port, processes
from portal.services import schluesselwechsel

app = typer.Typer(help="Schlüssel der gespeicherten Inhalte.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)

NAME = "PORTAL_KEYS"


@app.command()
def rotate() -> None:
    """Make a new master key, write all contents of the portal anew with it, then forget the old one. Amtslotse must be stopped.

    Can be repeated: if it is interrupted, both keys are kept until a run is complete.
    """
    installation = Installation.from_environment(os.environ)
    named = os.environ.get(f"AMTSLOTSE_{NAME}")
    try:
        for process in processes(installation, Path()):
            check_port(process)
        if named is None:
            old = installation.secrets()[NAME]
            installation.replace_secrets({NAME: f"{Fernet.generate_key().decode()},{old}"})
        changed = asyncio.run(_rotate(installation))
    except BusyPortError as error:
        errors.print(f"[bold red]Fehler:[/] Bitte beenden Sie Amtslotse zuerst. {error}", highlight=False)
        raise typer.Exit(1) from None
    except (OSError, SQLAlchemyError) as error:
        errors.print(
            f"[bold red]Fehler:[/] {type(error).__name__}. Alte und neue Schlüssel gelten weiter; bitte wiederholen.",
            highlight=False,
        )
        raise typer.Exit(1) from None
    if named is None:
        installation.replace_secrets({NAME: installation.secrets()[NAME].split(",")[0]})
        console.print(
            f"{changed} Inhalte neu verschlüsselt. Der alte Schlüssel ist entfernt.", highlight=False
        )
    else:
        console.print(
            f"{changed} Inhalte neu verschlüsselt, mit dem ersten Schlüssel in AMTSLOTSE_{NAME}. Die anderen können dort entfallen.",
            highlight=False,
        )


async def _rotate(installation: Installation) -> int:
    async with portal_session(installation) as session:
        return await schluesselwechsel.neu_verschluesseln(session)
