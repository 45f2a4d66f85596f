"""`amtslotse catalogue …`: check, reload and extend the services' files."""

import asyncio
import json
import os
import re
from pathlib import Path
from typing import Annotated, NoReturn

import httpx
import typer
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from amtslotse.clock import system_time
from amtslotse.datenbank import portal_session, portal_settings
from amtslotse.installation import Installation
from portal import catalogue
from portal.catalogue.kommune import TownExistsError, new_commune
from portal.catalogue.orte import built_in_places
from portal.catalogue.schema import ARTEN, Art
from portal.context import BERLIN
from portal.domain.zustaendigkeit import Gemeinde
from portal.services import orte

app = typer.Typer(help="Der Leistungskatalog.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)

RELOAD_TIMEOUT_S = 60.0
Folders = Annotated[
    list[Path] | None,
    typer.Option(
        "--ordner", help="Weiterer Katalogordner (Ebenen darin); mehrfach möglich.", file_okay=False
    ),
]


def _roots(installation: Installation, folders: list[Path] | None) -> tuple[Path, ...]:
    extra = folders if folders is not None else portal_settings(installation).catalogue_roots
    return (catalogue.BUILT_IN, *extra)


@app.command()
def check(
    ordner: Folders = None,
    kommune: Annotated[str | None, typer.Option(help="Nur diese Kommune (AGS).")] = None,
) -> None:
    """List every mistake with file, line and rule; exit code 1 if there is any."""
    installation = Installation.from_environment(os.environ)
    roots = _roots(installation, ordner)
    if kommune:
        mistakes = catalogue.check(roots, kommune=kommune, demo=installation.demo)
    else:
        mistakes = catalogue.check_all(roots, demo=installation.demo)
    _show(mistakes)
    if mistakes:
        _fail("Ein Fehler." if len(mistakes) == 1 else f"{len(mistakes)} Fehler.")
    towns = [kommune] if kommune else catalogue.communes(roots)
    console.print(f"Kein Fehler. Geprüfte Kommunen: {', '.join(towns)}.", highlight=False)


@app.command()
def schema(
    art: Annotated[str, typer.Argument(help=f"Art der Datei: {', '.join(ARTEN)}.")] = "leistung",
    datei: Annotated[
        Path | None, typer.Option("--datei", help="In diese Datei statt auf die Ausgabe.")
    ] = None,
) -> None:
    """Print the JSON Schema of a kind of file, for completion in an editor."""
    kind: Art | None = next((known for known in ARTEN if known == art), None)
    if kind is None:
        _fail(f"„{art}“ gibt es nicht. Möglich sind: {', '.join(ARTEN)}.")
    text = json.dumps(catalogue.json_schema(kind), ensure_ascii=False, indent=2) + "\n"
    if datei is None:
        typer.echo(text, nl=False)
    else:
        datei.write_text(text, encoding="utf-8")


@app.command()
def reload() -> None:
    """Let the running portal read the files anew; a broken catalogue is refused, and the old one stays."""
    installation = Installation.from_environment(os.environ)
    settings = portal_settings(installation)
    try:
        answer = httpx.post(
            f"{installation.origin}/api/catalogue/reload",
            headers={"Authorization": f"Bearer {settings.portal_token}"},
            timeout=RELOAD_TIMEOUT_S,
            trust_env=False,
        )
        body = answer.json()
    except (httpx.HTTPError, ValueError):
        _fail(f"Unter {installation.origin} läuft kein Amtslotse. Beim nächsten Start gilt der neue Stand.")
    if answer.is_success:
        console.print(
            f"Der Katalog ist neu geladen: {body['services']} Leistungen. "
            "Neue Wörter lernt der Assistent mit `amtslotse train`.",
            highlight=False,
        )
        return
    for mistake in body.get("mistakes", []):
        _line(mistake["display"])
    _fail(body.get("message", f"Antwort {answer.status_code}."))


@app.command("new-commune")
def add_commune(
    ags: Annotated[str, typer.Argument(help="Amtlicher Gemeindeschlüssel, acht Ziffern.")],
    ordner: Annotated[
        Path, typer.Option("--ordner", help="Katalogordner, in dem die Kommune entsteht.", file_okay=False)
    ] = catalogue.BUILT_IN,
) -> None:
    """Make the folder of a town; it holds only what differs, and all contacts are to be checked."""
    if not re.fullmatch(r"\d{8}", ags, re.ASCII):
        _fail(f"„{ags}“ ist kein Amtlicher Gemeindeschlüssel aus acht Ziffern.")
    installation = Installation.from_environment(os.environ)
    town = _town(installation, ags)
    if town is None:
        _fail(f"Den AGS {ags} kenne ich nicht. Erst die Orte übernehmen: amtslotse import places DATEI")
    today = system_time().astimezone(BERLIN).date()
    try:
        written = new_commune(ordner, town, today)
    except TownExistsError as error:
        _fail(str(error))
    for path in written:
        console.print(f"Angelegt: {path}", highlight=False, soft_wrap=True)
    roots = tuple(dict.fromkeys((catalogue.BUILT_IN, *portal_settings(installation).catalogue_roots, ordner)))
    mistakes = catalogue.check(roots, kommune=ags, demo=installation.demo)
    _show(mistakes)
    if mistakes:
        _fail(f"{town.amtlich} ist angelegt, aber noch nicht fehlerfrei.")
    console.print(f"{town.amtlich} ist angelegt und fehlerfrei. Kontakte: Stand prüfen.", highlight=False)


def _town(installation: Installation, ags: str) -> Gemeinde | None:
    known = {place.gemeinde.ags: place.gemeinde for place in built_in_places()}
    if ags in known:
        return known[ags]

    async def imported() -> Gemeinde | None:
        async with portal_session(installation) as session:
            return (await orte.gemeinden(session)).get(ags)

    try:
        return asyncio.run(imported())
    except (OSError, SQLAlchemyError) as error:
        _fail(f"Die Datenbank des Portals ist nicht erreichbar: {type(error).__name__}.")


def _show(mistakes: list[catalogue.Fehler]) -> None:
    for mistake in mistakes:
        _line(str(mistake))


def _line(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def _fail(message: str) -> NoReturn:
    errors.print(f"[bold red]Fehler:[/] {message}", highlight=False)
    raise typer.Exit(1)
