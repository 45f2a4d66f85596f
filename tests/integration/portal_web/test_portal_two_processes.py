"""Two processes of the portal over one database: a change or a reload in one holds in the other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from portal.app import create_app
from portal.context import PortalContext
from portal.demo import create_demo_town
from portal.services import katalogstand, konto, redaktion
from portal.services.katalogwacht import Katalogwacht
from tests.integration.portal_web.test_portal_editors import HUND, send
from tests.support.portal_town import MovingClock, Town, settings_for

EIGENE = """id: probe_leistung
quelle: Rat der Stadt
marke: stand_pruefen
gueltig_ab: 2026-01-01
name: Schwanenfüttern anmelden
kurz: Wer Schwäne füttert, sagt es der Stadt.
text: Sagen Sie es der Stadt.
synonyme: [Schwäne füttern]
finder: X
rechtsgrundlage: [Satzung]
wege: [schriftlich]
stelle: steuern
"""


@dataclass
class Pair:
    """Two portals that share database and catalogue folder."""

    one: Town
    other: Town
    folder: Path

    def write(self, text: str) -> None:
        path = self.folder / "kommune" / "05513000" / "leistungen" / "probe_leistung.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
async def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pair]:
    monkeypatch.setattr(konto, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    settings = replace(settings_for(tmp_path), catalogue_roots=(tmp_path / "catalogue",))
    clock = MovingClock()
    apps = [create_app(settings, clock) for _ in range(2)]
    async with apps[0].router.lifespan_context(apps[0]):
        await create_demo_town(apps[0].state.context)
        async with apps[1].router.lifespan_context(apps[1]):
            towns = [Town(app, clock) for app in apps]
            yield Pair(towns[0], towns[1], tmp_path / "catalogue")
            for browser in (*towns[0].browsers, *towns[1].browsers):
                await browser.http.aclose()


async def reload(town: Town) -> int:
    answer = await town.browser().http.post(
        "/api/catalogue/reload", headers={"Authorization": "Bearer portal"}
    )
    return answer.status_code


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(2400):
        if holds():
            return
        await asyncio.sleep(0.05)
    pytest.fail("the other process did not take it over")


async def test_an_editors_change_reaches_the_other_process_by_itself(pair: Pair) -> None:
    editor = await pair.one.office("redaktion-land")
    await send(editor, "kurz", eingabe="Steht jetzt überall.")
    await until(lambda: pair.other.context.katalog.leistungen[HUND].kurz == "Steht jetzt überall.")
    page = await pair.other.browser().get(f"/leistungen/{HUND}")
    assert "Steht jetzt überall." in page.text


async def test_a_reload_in_one_process_brings_new_files_and_words_to_the_other(pair: Pair) -> None:
    pair.write(EIGENE)
    assert await reload(pair.one) == 200
    await until(lambda: "probe_leistung" in pair.other.context.katalog.leistungen)
    found = (await pair.other.browser().get("/api/search?q=schwäne+füttern")).json()
    assert found["services"][0]["id"] == "probe_leistung"


async def test_without_a_change_nothing_is_read_again(pair: Pair) -> None:
    before = pair.other.context.katalog
    assert await redaktion.mitziehen(pair.other.context) is False
    assert pair.other.context.katalog is before


async def test_a_refused_reload_changes_no_process(pair: Pair) -> None:
    pair.write(EIGENE.replace("finder: X", "finder: Q"))
    assert await reload(pair.one) == 409
    assert await redaktion.mitziehen(pair.other.context) is False
    assert "probe_leistung" not in pair.other.context.katalog.leistungen


async def test_a_process_with_broken_files_keeps_what_works_and_takes_the_next_state(pair: Pair) -> None:
    pair.write(EIGENE.replace("finder: X", "finder: Q"))
    async with pair.one.context.transaction() as session:
        await katalogstand.weiterzaehlen(session)
    await until(lambda: bool(pair.other.context.bestand.fehler))
    assert HUND in pair.other.context.katalog.leistungen
    pair.write(EIGENE)
    assert await reload(pair.one) == 200
    await until(lambda: "probe_leistung" in pair.other.context.katalog.leistungen)
    assert pair.other.context.bestand.fehler == []


async def test_editors_in_two_processes_do_not_lose_each_others_changes(pair: Pair) -> None:
    first, second = await pair.one.office("redaktion-land"), await pair.other.office("redaktion-kommune")
    await send(first, "kurz", eingabe="Vom Land.")
    await send(second, "hinweis", eingabe="Von der Stadt.")

    def both(town: Town) -> bool:
        service = town.context.katalog.leistungen[HUND]
        return (service.kurz, service.hinweis) == ("Vom Land.", "Von der Stadt.")

    await until(lambda: both(pair.one) and both(pair.other))


async def test_a_database_that_is_away_does_not_end_the_watch(pair: Pair) -> None:
    class Away(PortalContext):
        looks = 0

        def transaction(self):  # type: ignore[no-untyped-def]
            type(self).looks += 1
            raise OSError("away")

    context = pair.one.context
    away = Away(context.settings, context.clock, context.engine, context.sessions, context.bestand)
    async with Katalogwacht(away, takt_s=0.001):
        await until(lambda: Away.looks > 2)
