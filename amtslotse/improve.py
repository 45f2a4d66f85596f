"""`amtslotse improve`: the examples that humans accepted, as a proposal for data/nlu. It trains nothing and changes no training data."""

import asyncio
import difflib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from cryptography.fernet import Fernet, MultiFernet
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from amtslotse import beispiele
from amtslotse.installation import Installation
from handoff.database import Database
from handoff.schema.base import KEYRING
from handoff.schema.upgrade import upgrade
from handoff.services.examples import ACCEPTED
from handoff.settings import HandoffSettings
from handoff.storage import lead

console = Console()
errors = Console(stderr=True)


def improve(
    ziel: Annotated[
        Path | None,
        typer.Option(help="Wohin der Vorschlag geschrieben wird; Vorgabe: gelernt.yml unter var/."),
    ] = None,
) -> None:
    """Write accepted examples as Rasa NLU YAML and show what would change in data/nlu; training stays a human's decision."""
    installation = Installation.from_environment(os.environ)
    try:
        accepted = asyncio.run(_accepted(installation))
        target = installation.root / beispiele.FILE
        before = target.read_text("utf-8") if target.exists() else ""
        present = beispiele.read(before)
        trained, intents = beispiele.known(installation.root), beispiele.intents(installation.root)
    except (OSError, SQLAlchemyError, ValueError) as error:
        errors.print(f"[bold red]Fehler:[/] {type(error).__name__}: {error}", highlight=False)
        raise typer.Exit(2) from None
    fresh, gone = [], []
    for intent, text in accepted:
        example = beispiele.as_training(text)
        if intent not in intents:
            gone.append((intent, example))
        elif example and (intent, example.casefold()) not in trained:
            fresh.append((intent, example))
    for intent, example in gone:
        errors.print(f"Die Absicht {intent} gibt es nicht mehr, nicht übernommen: {example}", markup=False)
    if not fresh:
        console.print("Nichts Neues: Was übernommen wurde, steht schon in data/nlu.")
        return
    after = beispiele.merged(present, fresh)
    proposal = ziel or installation.var / beispiele.FILE.name
    proposal.parent.mkdir(parents=True, exist_ok=True)
    proposal.write_text(after, "utf-8")
    names = (str(beispiele.FILE), str(proposal))
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), *names, lineterm=""):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"\n{len(set(fresh))} neue Beispiele. Zum Übernehmen: {proposal} nach {beispiele.FILE} kopieren, dann `amtslotse train`.",
        highlight=False,
        soft_wrap=True,
    )


async def _accepted(installation: Installation) -> Sequence[tuple[str, str]]:
    settings = HandoffSettings.from_environment(installation.environment_of("web", os.environ, 0.0))
    KEYRING.load(MultiFernet([Fernet(key) for key in settings.keys]))
    database = Database(settings.database)
    try:
        await upgrade(database.engine)
        async with database.read() as session:
            return [(row.intent or "", row.body["text"]) for row in await lead.examples(session, ACCEPTED)]
    finally:
        await database.close()
