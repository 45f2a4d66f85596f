"""The command `amtslotse`."""

import asyncio
import json
import os
import signal
import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.progress import Progress
from rich.table import Table

from amtslotse import audit, exchange, importieren, katalog, keys, personal
from amtslotse import improve as improving
from amtslotse.clock import offset_s, system_time
from amtslotse.installation import Installation
from amtslotse.supervisor import BusyPortError, StartupError, Supervisor, check_port, processes
from amtslotse.training import TrainingError, ensure_model, installed_catalogue, write_catalogue
from portal.context import BERLIN

app = typer.Typer(help="Amtslotse: Behördengänge im Chat.", no_args_is_help=True, add_completion=False)
app.add_typer(katalog.app, name="catalogue")
app.add_typer(importieren.app, name="import")
app.add_typer(exchange.export_app, name="export")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(personal.app, name="staff")
console = Console()

LONGEST_QUERY, SEARCH_LIMIT = 2_000, 10
STATES = {"start": "startet …", "ok": "läuft", "neu": "ist ausgefallen und wird neu gestartet"}


@app.command()
def up() -> None:
    """Start everything: portal, conversations, assistant, actions. Ctrl-C ends it."""
    installation = Installation.from_environment(os.environ)
    try:
        os.umask(0o077)
        clock_offset_s = offset_s(os.environ.get("AMTSLOTSE_JETZT"), system_time())
        for process in processes(installation, Path()):
            check_port(process)
        model = ensure_model(installation)
        asyncio.run(_supervise(installation, model.path, clock_offset_s))
    except (BusyPortError, StartupError, TrainingError, ValueError) as error:
        _fail(str(error))


async def _supervise(installation: Installation, model: Path, clock_offset_s: float) -> None:
    supervised = processes(installation, model)
    titles = {process.name: process.title for process in supervised}
    with console.status("Amtslotse startet …") as status:

        def report(name: str, state: str) -> None:
            console.print(f"  {titles[name]}: {STATES[state]}", highlight=False)

        supervisor = Supervisor(installation, supervised, clock_offset_s, report)
        loop = asyncio.get_running_loop()
        for wanted in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(wanted, supervisor.stop)

        def announce() -> None:
            status.stop()
            console.print(_welcome(installation))

        await supervisor.run(announce)
    console.print("Amtslotse ist beendet.")


def _welcome(installation: Installation) -> Panel:
    origin = os.environ.get("AMTSLOTSE_ORIGIN", installation.origin)
    table = Table.grid(padding=(0, 3))
    for label, value in (
        ("Portal und Chat", f"{origin}/"),
        ("Konsole für Gespräche", f"{origin}/konsole"),
        ("Eingang der Ämter", f"{origin}/amt"),
        *([("Codes des zweiten Faktors", f"{origin}/demo/codes")] if installation.demo else []),
        ("Schnittstellen", f"{origin}/api/docs"),
    ):
        table.add_row(label, value)
    if installation.demo:
        from portal.demo import DEMO_LOGINS

        table.add_row("", "")
        for login in DEMO_LOGINS:
            table.add_row(login.role, f"{login.name}  /  {login.password}")
    title = "Amtslotse läuft" + (": Demonstration, keine Behörde" if installation.demo else "")
    return Panel(table, title=title, subtitle="Strg+C beendet alles", expand=False)


@app.command()
def train(
    neu: Annotated[bool, typer.Option("--neu", help="Auch wenn sich nichts geändert hat.")] = False,
) -> None:
    """Train the assistant if its data changed."""
    try:
        model = ensure_model(Installation.from_environment(os.environ), force=neu)
    except TrainingError as error:
        _fail(str(error))
    console.print(f"Bereit: {model.path.name}", highlight=False)


app.command("improve")(improving.improve)


@app.command("train-encoder")
def train_encoder() -> None:
    """Distil the sentence encoder anew (needs the extra `training`; 15 to 40 minutes); models/encoder/README.md."""
    from amtslotse import encoder_fusion, encoder_training

    installation = Installation.from_environment(os.environ)
    write_catalogue(installation)
    try:
        cache = installation.var / "encoder" / "teacher.npz"
        trained = encoder_training.train(installation.root, installation.catalogue_file, cache)
    except encoder_training.EncoderTrainingError as error:
        _fail(str(error))
    fusion = encoder_fusion.fit(installation.root, installation.catalogue_file)
    size = trained.file.stat().st_size / 1e6
    for name, share in trained.errors.items():
        console.print(f"Fehler auf ungelesenen Dateien, {name}: {share:.4f}", highlight=False)
    console.print(f"Bereit: {trained.file.name}, {size:.1f} MB; Suche {fusion}", highlight=False)


@app.command()
def search() -> None:
    """Read one query a line from standard input, write the services found as one JSON object a line.

    On a terminal a bar on standard error shows how far the index is built.
    What is no UTF-8 becomes U+FFFD; of a very long line the first 2,000 characters are looked at.
    """
    from portal import catalogue
    from portal.context import search_index

    installation = Installation.from_environment(os.environ)
    content = installed_catalogue(installation)
    errors = Console(stderr=True)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("Leistungen werden gelesen", total=len(content.leistungen))
        index = search_index(content, lambda done: progress.update(task, completed=done))
    known = {service["id"]: service for service in catalogue.export_for_search(content)["services"]}
    for line in sys.stdin.buffer:
        query = line.decode("utf-8", errors="replace").strip()
        services = [
            {key: known[hit.id][key] for key in ("id", "nr", "leika", "name")} | {"score": hit.score}
            for hit in index.search(query[:LONGEST_QUERY], SEARCH_LIMIT)
        ]
        answer = json.dumps({"query": query, "services": services}, ensure_ascii=False)
        sys.stdout.buffer.write(answer.encode("utf-8") + b"\n")
        sys.stdout.buffer.flush()


@app.command("reset-demo")
def reset_demo() -> None:
    """Delete the demo town's data (accounts, conversations, cases); the next start makes it anew."""
    installation = Installation.from_environment(os.environ)
    try:
        for process in processes(installation, Path()):
            check_port(process)
    except BusyPortError as error:
        _fail(f"Bitte beenden Sie Amtslotse zuerst. {error}")
    removed = 0
    for pattern in ("*.db", "*.db-wal", "*.db-shm", "run/*", "log/*"):
        for file in installation.var.glob(pattern):
            file.unlink()
            removed += pattern == "*.db"
    console.print(f"{removed} Datenbanken gelöscht. Der nächste Start legt die Demostadt neu an.")


@app.command()
def parse(
    now: Annotated[
        str | None, typer.Option(help="Bezugstag für Daten wie „nächsten Montag“, JJJJ-MM-TT.")
    ] = None,
) -> None:
    """Read one utterance a line from standard input, write what was understood as one JSON object a line."""
    from bot.serving_only import leave_tensorflow_out, without_warnings

    leave_tensorflow_out()
    with without_warnings():
        from bot.parse import lines_of, parse_lines

    installation = Installation.from_environment(os.environ)
    try:
        model = ensure_model(installation)
        reference = datetime.combine(date.fromisoformat(now), time(12), BERLIN) if now else system_time()
    except (TrainingError, ValueError) as error:
        _fail(str(error))
    for line in parse_lines(model.path, lines_of(sys.stdin.buffer), reference):
        sys.stdout.buffer.write(line.encode("utf-8", errors="replace") + b"\n")
        sys.stdout.buffer.flush()


def _fail(message: str) -> None:
    Console(stderr=True).print(f"[bold red]Fehler:[/] {message}", highlight=False)
    raise typer.Exit(1)
