"""`amtslotse import …` and `amtslotse export …`: the catalogue to and from other systems."""

import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn

from amtslotse import importieren
from amtslotse.clock import offset_s, system_time
from amtslotse.installation import Installation
from portal.catalogue import BUILT_IN, CatalogueError, load
from portal.catalogue.orte import built_in_places
from portal.context import BERLIN
from portal.exchange import (
    Auszug,
    Bericht,
    ExchangeError,
    Leser,
    Mangel,
    Ziel,
    csv_format,
    export_records,
    import_records,
)
from portal.settings import catalogue_roots

export_app = typer.Typer(help="Für andere Systeme ausgeben.", no_args_is_help=True)
errors = Console(stderr=True)


class Ebene(StrEnum):
    """The tier to which an import writes."""

    EU = "eu"
    BUND = "bund"
    LAND = "land"
    KOMMUNE = "kommune"


StelleOption = Annotated[
    str | None,
    typer.Option(
        "--stelle",
        help="Stelle für Leistungen, zu denen die Datei keine nennt; sonst die Behördennummer 115.",
    ),
]
Datei = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)]
EbeneOption = Annotated[Ebene, typer.Option("--ebene", help="Ebene, in die geschrieben wird.")]
KommuneOption = Annotated[
    str | None, typer.Option("--kommune", help="Amtlicher Gemeindeschlüssel; sonst die eigene Stadt.")
]
OrdnerOption = Annotated[
    Path | None, typer.Option("--ordner", help="Katalogordner; sonst der letzte aus AMTSLOTSE_CATALOGUE.")
]
AusgabeOption = Annotated[Path | None, typer.Option("--out", help="Zieldatei; sonst die Standardausgabe.")]


@importieren.app.command("xzufi")
def import_xzufi(
    file: Datei,
    ebene: EbeneOption = Ebene.KOMMUNE,
    kommune: KommuneOption = None,
    ordner: OrdnerOption = None,
    stelle: StelleOption = None,
) -> None:
    """Take over services, offices and responsibilities from an XZuFi 2.2 file."""
    from portal.exchange.xzufi_read import XZuFiLeser

    _import(file, XZuFiLeser, "XZuFi", ebene, kommune, ordner, stelle)


@importieren.app.command("csv")
def import_csv(
    file: Datei,
    ebene: EbeneOption = Ebene.KOMMUNE,
    kommune: KommuneOption = None,
    ordner: OrdnerOption = None,
    stelle: StelleOption = None,
) -> None:
    """Take over services and their offices from a CSV file (UTF-8, semicolons, header)."""
    _import(file, csv_format.CsvLeser, "CSV", ebene, kommune, ordner, stelle)


@export_app.command("xzufi")
def export_xzufi(out: AusgabeOption = None, kommune: KommuneOption = None) -> None:
    """Write the town's whole catalogue as XZuFi 2.2."""
    from portal.exchange import xzufi_write

    def write(auszug: Auszug, stream: IO[bytes], done: Callable[[int], None]) -> None:
        sender = f"Amtslotse {auszug.gebiet.name or auszug.gebiet.schluessel}"
        xzufi_write.write(auszug, stream, erstellt=_now(), sender=sender, done=done)

    _export(out, kommune, write)


@export_app.command("csv")
def export_csv(out: AusgabeOption = None, kommune: KommuneOption = None) -> None:
    """Write the town's services as CSV, safe to open in a spreadsheet."""

    def write(auszug: Auszug, stream: IO[bytes], done: Callable[[int], None]) -> None:
        csv_format.write(auszug, stream, done=done)

    _export(out, kommune, write)


def _import(
    file: Path,
    reader: Callable[[IO[bytes], Callable[[int], None]], Leser],
    kind: str,
    ebene: Ebene,
    kommune: str | None,
    ordner: Path | None,
    stelle: str | None,
) -> None:
    roots = (BUILT_IN, *_roots())
    ziel = Ziel(ordner or roots[-1], ebene.value, _kommune(kommune), stelle=stelle)
    with _progress() as progress, file.open("rb") as stream:
        reading = progress.add_task("Lesen", total=file.stat().st_size)
        checking = progress.add_task("Prüfen", total=None)

        def report(mangel: Mangel) -> None:
            progress.console.print(f"  {mangel}", markup=False, highlight=False, soft_wrap=True)

        try:
            bericht = import_records(
                reader(stream, lambda size: progress.advance(reading, size)),
                ziel,
                roots=roots,
                source=f"{kind}-Import: {file.name}",
                stand=_now().astimezone(BERLIN).date(),
                report=report,
                progress=lambda done, total: progress.update(checking, completed=done, total=total),
            )
        except (ExchangeError, CatalogueError, OSError, ValueError) as error:
            progress.stop()
            _fail(f"{error}\nDer Katalog ist unverändert.")
    for line in _summary(bericht, ziel):
        Console().print(line, highlight=False, markup=False, soft_wrap=True)
    if bericht.maengel and not (bericht.neu or bericht.geaendert or bericht.unveraendert or bericht.stellen):
        raise typer.Exit(1)


def _summary(bericht: Bericht, ziel: Ziel) -> list[str]:
    lines = [
        f"Leistungen: {bericht.neu} neu, {bericht.geaendert} geändert, {bericht.unveraendert} unverändert.",
        f"Stellen: {bericht.stellen} neu oder geändert.",
    ]
    if bericht.gesperrt:
        fields = ", ".join(sorted(bericht.gesperrte_felder))
        lines.append(
            f"Bei {bericht.gesperrt} Leistungen bleibt, was eine höhere Ebene festlegt ({fields}). Das Übrige ist übernommen."
        )
    if bericht.maengel:
        lines.append(f"Nicht übernommen: {bericht.maengel} Sätze. Sie stehen oben mit Ort und Grund.")
    if bericht.neu or bericht.geaendert or bericht.stellen:
        lines.append(
            f"Gespeichert in {ziel.root / ziel.teil}. In den laufenden Betrieb: amtslotse catalogue reload"
        )
    else:
        lines.append("Es gab nichts zu ändern.")
    return lines


def _export(
    out: Path | None, kommune: str | None, write: Callable[[Auszug, IO[bytes], Callable[[int], None]], None]
) -> None:
    ags = _kommune(kommune)
    name = next((ort.gemeinde.name for ort in built_in_places() if ort.gemeinde.ags == ags), "")
    try:
        auszug = export_records(load((BUILT_IN, *_roots()), kommune=ags), kommune=ags, name=name)
        with _progress() as progress:
            writing = progress.add_task("Schreiben", total=len(auszug))

            def done(count: int) -> None:
                progress.advance(writing, count)

            if out is None:
                write(auszug, sys.stdout.buffer, done)
                sys.stdout.buffer.flush()
                return
            part = out.with_name(f".{out.name}.part")
            with part.open("wb") as stream:
                write(auszug, stream, done)
            part.replace(out)
    except (CatalogueError, ValueError, OSError) as error:
        _fail(str(error))
    text = f"{len(auszug.leistungen)} Leistungen und {len(auszug.stellen)} Stellen stehen in {out}."
    Console().print(text, highlight=False, markup=False, soft_wrap=True)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        console=errors,
        transient=True,
    )


def _roots() -> tuple[Path, ...]:
    return catalogue_roots(os.environ, Installation.from_environment(os.environ).var)


def _kommune(kommune: str | None) -> str:
    return kommune or os.environ.get("AMTSLOTSE_COMMUNE", "05513000")


def _now() -> datetime:
    start = system_time()
    return start + timedelta(seconds=offset_s(os.environ.get("AMTSLOTSE_JETZT"), start))


def _fail(message: str) -> NoReturn:
    errors.print(f"Fehler: {message}", style="bold red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(1)
