"""`amtslotse improve`: examples that humans accepted are learned on trial and released only if nothing is understood worse."""

import asyncio
import difflib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from cryptography.fernet import Fernet, MultiFernet
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from amtslotse import beispiele
from amtslotse.installation import Installation
from amtslotse.judgement import Case, Verdict, compare, held_out
from amtslotse.training import TrainingError, ensure_model, expected_s, release, train
from handoff.database import Database
from handoff.schema.base import KEYRING
from handoff.schema.upgrade import upgrade
from handoff.services.examples import ACCEPTED
from handoff.settings import HandoffSettings
from handoff.storage import lead

TRIAL = "verbesserung"
"""Folder under var/ in which a model is trained on trial: nothing of it touches the model in use."""
LEARNED_FROM = ("config.yml", "domain.yml", "data")

console = Console()
errors = Console(stderr=True)


@dataclass(frozen=True)
class Proposal:
    """The new text of data/nlu/gelernt.yml, and the (intent, example) pairs that are new in it."""

    text: str
    fresh: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Trial:
    """A model trained on trial, the seconds that it took, and how it compares with the model in use."""

    model: Path
    seconds: float
    held_out: Verdict
    examples: Verdict

    @property
    def no_worse(self) -> bool:
        """Whether it may be released."""
        return self.held_out.no_worse and self.examples.no_worse


def improve(
    nur_vorschlag: Annotated[
        bool, typer.Option("--nur-vorschlag", help="Nur den Unterschied zeigen, nichts trainieren.")
    ] = False,
) -> None:
    """Learn accepted examples on trial, compare with the model in use, and release what is not worse."""
    installation = Installation.from_environment(os.environ)
    try:
        proposal = _propose(installation)
        if proposal is None:
            console.print("Nichts Neues: Was übernommen wurde, steht schon in data/nlu.")
            return
        if nur_vorschlag:
            console.print(
                "Trainiert wurde nichts. Ohne --nur-vorschlag wird auf Probe gelernt und verglichen."
            )
            return
        trial = _try(installation, proposal)
    except (OSError, SQLAlchemyError, ValueError, TrainingError) as error:
        errors.print(f"[bold red]Fehler:[/] {type(error).__name__}: {error}", highlight=False)
        raise typer.Exit(2) from None
    _show(trial)
    if not trial.no_worse:
        console.print(
            "Nicht freigegeben: Der neue Stand versteht etwas schlechter. Das Modell im Betrieb und data/nlu sind unverändert;"
            f" der Vorschlag liegt in {installation.var / beispiele.FILE.name}.",
            soft_wrap=True,
        )
        raise typer.Exit(1)
    (installation.root / beispiele.FILE).write_text(proposal.text, "utf-8")
    model = release(installation, trial.model, trial.seconds)
    console.print(
        f"Freigegeben: {model.path.name}. {beispiele.FILE} enthält die neuen Beispiele; bitte versionieren."
        " Der Assistent nimmt das Modell beim nächsten Start.",
        highlight=False,
        soft_wrap=True,
    )


def _propose(installation: Installation) -> Proposal | None:
    """Write the proposal under var/ and show the difference; None when nothing is new."""
    accepted = asyncio.run(_accepted(installation))
    target = installation.root / beispiele.FILE
    before = target.read_text("utf-8") if target.exists() else ""
    present = beispiele.read(before)
    trained, intents = beispiele.known(installation.root), beispiele.intents(installation.root)
    fresh = []
    for intent, text in accepted:
        example = beispiele.as_training(text)
        if intent not in intents:
            errors.print(
                f"Die Absicht {intent} gibt es nicht mehr, nicht übernommen: {example}", markup=False
            )
        elif example and (intent, example.casefold()) not in trained:
            fresh.append((intent, example))
    if not fresh:
        return None
    after = beispiele.merged(present, fresh)
    written = installation.var / beispiele.FILE.name
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(after, "utf-8")
    names = (str(beispiele.FILE), str(written))
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), *names, lineterm=""):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(f"\n{len(set(fresh))} neue Beispiele.", highlight=False)
    return Proposal(after, sorted(set(fresh)))


def _try(installation: Installation, proposal: Proposal) -> Trial:
    from bot.parse import Parser

    cases = held_out(installation.root)
    in_use = ensure_model(installation)
    folder = _trial_folder(installation, proposal)
    path = folder / "models" / "amtslotse-auf-probe.tar.gz"
    seconds = train(replace(installation, root=folder), path, expected_s=expected_s(installation))
    with console.status("Beide Modelle werden befragt …"):
        old, new = Parser(in_use.path), Parser(path)
        examples = [Case(text, intent) for intent, text in proposal.fresh]
        return Trial(path, seconds, compare(old, new, cases), compare(old, new, examples))


def _trial_folder(installation: Installation, proposal: Proposal) -> Path:
    folder = installation.var / TRIAL
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "models").mkdir(parents=True)
    for name in LEARNED_FROM:
        source = installation.root / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name)
    trial = replace(installation, root=folder)
    trial.catalogue_file.parent.mkdir()
    shutil.copy(installation.catalogue_file, trial.catalogue_file)
    (folder / beispiele.FILE).write_text(proposal.text, "utf-8")
    return folder


def _show(trial: Trial) -> None:
    table = Table("falsch verstanden", "Sätze", "im Betrieb", "auf Probe")
    for name, verdict in (("zurückgelegte Sätze", trial.held_out), ("neue Beispiele", trial.examples)):
        table.add_row(name, str(verdict.cases), str(verdict.wrong_in_use), str(verdict.wrong_new))
    console.print(table)


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
