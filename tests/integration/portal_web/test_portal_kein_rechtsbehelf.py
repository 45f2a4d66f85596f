"""No button, intent, route, form or call files a Widerspruch, a Klage or an Einspruch. Explaining, computing and an unsent draft is all."""

import re
from pathlib import Path

import pytest
import yaml
from fastapi.routing import APIRoute
from sqlalchemy import func, select

from handoff.live.server import COMMANDS
from portal.client import PortalClient
from portal.domain.benachrichtigung import ANLAESSE
from portal.schema.vorgang import PosteingangZeile, VorgangZeile, ZustellungZeile
from portal.services.auftragsplan import AUFTRAEGE
from tests.support.portal_town import Browser, Town
from tests.support.routes import routes
from tests.support.walk import protected, send, versioned

ROOT = Path(__file__).parents[3]
RECHTSBEHELF = re.compile(r"widerspruch|widersprech|klage|einspruch|rechtsbehelf|anfecht", re.IGNORECASE)
EINLEGEN = re.compile(
    r"(widerspruch|klage|einspruch|rechtsbehelf)\w*\s+(jetzt\s+)?(einlegen|erheben|einreichen|absenden|abschicken|senden)",
    re.IGNORECASE,
)
READING = {"GET /mein/bescheide/{bescheid_id}/entwurf.pdf"}
"""What may touch a remedy: it only reads."""
WEITERGABE = "Das ist kein Widerspruch gegen einen Bescheid."
"""§§ 36, 42, 50 BMG call an objection to passing data on "Widerspruch"; it is no remedy. Its page says so."""


def test_no_route_that_changes_anything_names_a_remedy(town: Town) -> None:
    changing = {name for name, _ in routes(town.app) if not name.startswith(("GET ", "MOUNT "))}
    assert [name for name in changing if RECHTSBEHELF.search(name)] == []
    assert {name for name, _ in routes(town.app)} >= READING
    for name, route in routes(town.app):
        if isinstance(route, APIRoute) and RECHTSBEHELF.search(getattr(route.endpoint, "__name__", "")):
            assert name.startswith("GET "), name


def test_no_field_of_a_changing_route_carries_a_remedy_but_the_printed_belehrung(town: Town) -> None:
    """`rechtsbehelf` at her own letter and `belehrung` at the office's form say what is printed; nothing else may."""
    allowed = {"POST /mein/fristen/brief"}
    for name, route in routes(town.app):
        if isinstance(route, APIRoute) and not name.startswith("GET "):
            fields = [field.name for field in route.dependant.body_params]
            if any(RECHTSBEHELF.search(field) for field in fields):
                assert name in allowed, (name, fields)


@pytest.mark.parametrize(
    "template", sorted((ROOT / "portal/web/templates").rglob("*.html")), ids=lambda p: p.name
)
def test_no_button_of_a_page_files_one(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    for label in re.findall(r'm\.knopf\(\s*"([^"]*)"', source) + re.findall(
        r"<button[^>]*>(.*?)</button>", source, re.S
    ):
        assert not RECHTSBEHELF.search(label), label
    for action in re.findall(r'action="([^"]*)"', source):
        assert not RECHTSBEHELF.search(action), action
    for sentence in re.findall(EINLEGEN, source):
        raise AssertionError(sentence)


def test_no_service_of_the_catalogue_is_a_remedy(town: Town) -> None:
    for service in town.context.katalog.leistungen.values():
        assert not RECHTSBEHELF.search(service.id), service.id
        if service.online and RECHTSBEHELF.search(service.name):
            assert WEITERGABE in service.text, service.name


def test_no_intent_action_or_payload_of_the_assistant_files_one() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    names = [
        *(n if isinstance(n, str) else next(iter(n)) for n in domain["intents"]),
        *(n if isinstance(n, str) else next(iter(n)) for n in domain["actions"]),
    ]
    assert [
        n
        for n in names
        if EINLEGEN.search(n.replace("_", " ")) or re.search(r"(widerspruch|klage|einspruch)", n)
    ] == []
    payloads = []
    for file in [*(ROOT / "actions").glob("*.py"), *(ROOT / "data" / "responses").rglob("*.yml")]:
        payloads += re.findall(r'"payload":\s*"?(/[\w]+)', file.read_text(encoding="utf-8"))
        assert not EINLEGEN.search(file.read_text(encoding="utf-8")), file.name
    assert [p for p in payloads if RECHTSBEHELF.search(p)] == []


def test_no_call_of_the_service_interface_no_job_and_no_notice_files_one() -> None:
    assert [n for n in dir(PortalClient) if RECHTSBEHELF.search(n)] == []
    assert [job.name for job in AUFTRAEGE if RECHTSBEHELF.search(job.name)] == []
    assert [a.id for a in ANLAESSE.values() if RECHTSBEHELF.search(a.id + a.text)] == []


def test_no_route_command_or_sentence_of_the_conversations_files_one() -> None:
    """The gateway, its console, its channels and the widget: neither a name nor a sentence of theirs files a remedy."""
    names = [one.event for commands in COMMANDS.values() for one in commands]
    assert [name for name in names if RECHTSBEHELF.search(name)] == []
    files = [
        path
        for folder in ("handoff", "handoff/ui/src", "language", "amtslotse")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".ts", ".svelte"} and "node_modules" not in path.parts
    ]
    assert len(files) > 150
    for path in files:
        source = path.read_text(encoding="utf-8")
        assert not EINLEGEN.search(source), path
        for route in re.findall(r'@router\.\w+\(\s*"([^"]*)"', source):
            assert not RECHTSBEHELF.search(route), (path, route)


async def test_everything_a_citizen_can_send_on_a_decision_leaves_the_office_without_a_remedy(
    town: Town, bernds: tuple[Browser, dict[str, str]]
) -> None:
    """Every changing route about her own letter, and every word that fits: the office's inbox stays as it was."""
    browser, own = bernds
    csrf, walked = await browser.csrf("/mein"), 0

    async def delivered() -> tuple[int, ...]:
        async with town.context.transaction() as session:
            counted = [
                await session.scalar(select(func.count()).select_from(table))
                for table in (VorgangZeile, PosteingangZeile, ZustellungZeile)
            ]
        return tuple(int(number or 0) for number in counted)

    before = await delivered()
    for name, route in protected(town):
        if "/mein/bescheide/" not in name and "/mein/fristen" not in name:
            continue
        things = await versioned(town, own)
        for wort in ("", "Widerspruch einlegen", "Klage erheben"):
            more = dict.fromkeys(("aktion", "text", "rechtsbehelf", "absenden"), wort)
            answer = await send(browser.http, name, route, things, csrf=csrf, more=more)
            assert answer.status_code < 500, name
            walked += 1
    assert walked >= 30, walked
    assert await delivered() == before
