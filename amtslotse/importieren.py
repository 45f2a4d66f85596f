"""`amtslotse import …`: taking over public tables."""

import asyncio
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.exc import SQLAlchemyError

from amtslotse.datenbank import portal_session
from amtslotse.installation import Installation
from portal.services import orte, ortsliste
from portal.services.orte import Bericht

app = typer.Typer(help="Öffentliche Daten übernehmen.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)

LINE_LIMIT = ortsliste.ZEILE_HOECHSTENS + 1
"""Bytes that are read of one line at most; the reader then names it as too long."""


@app.command()
def places(file: Annotated[Path, typer.Argument(metavar="DATEI", exists=True, dir_okay=False)]) -> None:
    """Municipalities and their PLZ (tab-separated, with a header: plz, ort, ags8, ars12, …). Repeating changes nothing."""
    installation = Installation.from_environment(os.environ)
    try:
        with file.open("rb") as lines, Progress(console=errors, transient=True) as progress:
            shown = _with_progress(lines, file.stat().st_size, progress)
            report = asyncio.run(_import(installation, shown))
    except (OSError, SQLAlchemyError, ortsliste.WrongTableError) as error:
        errors.print(f"[bold red]Fehler:[/] {error} Es wurde nichts geändert.", highlight=False)
        raise typer.Exit(1) from None
    for lack in report.maengel:
        errors.print(f"{file}:{lack.zeile}: {lack.grund}", highlight=False, markup=False, soft_wrap=True)
    console.print(
        f"{report.gemeinden} Gemeinden: {report.neu} Orte neu, {report.geaendert} geändert, "
        f"{report.unveraendert} unverändert, {len(report.maengel)} Zeilen abgelehnt.",
        highlight=False,
    )


async def _import(installation: Installation, lines: Iterable[bytes]) -> Bericht:
    async with portal_session(installation) as session:
        return await orte.importieren(session, ortsliste.lesen(lines))


def _with_progress(file: BinaryIO, size: int, progress: Progress) -> Iterable[bytes]:
    task = progress.add_task("Orte werden gelesen", total=size or None)
    for line in _lines(file):
        progress.advance(task, len(line))
        yield line


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of a line that is too long only its beginning, once."""
    while line := file.readline(LINE_LIMIT):
        yield line
        while line and not line.endswith(b"\n") and len(line) == LINE_LIMIT:
            line = file.readline(LINE_LIMIT)
