"""The gateway's door for the desk, against the real portal: what the fake of the desk's tests says is what the portal says."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handoff.domain.facts import facts
from handoff.domain.people import Staff
from handoff.errors import ConflictError, ForbiddenError
from handoff.portal import HttpPortal
from portal.services import stammdaten
from tests.support.portal_world import KONTO, PortalWorld, portal_world

BERTA = Staff("berta", frozenset({"clerk"}), "BÜRGERcenter", "Bürgerservice", ())
DORA = Staff("dora", frozenset({"clerk"}), "Abteilung Steuern", "Sachbearbeitung", ())


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[PortalWorld]:
    async with portal_world(tmp_path) as running:
        yield running


@pytest.fixture
async def portal(world: PortalWorld) -> AsyncIterator[HttpPortal]:
    one = HttpPortal("http://portal", "handoff-token", transport=world.transport())
    yield one
    await one.close()


async def test_without_a_login_there_is_nothing_to_see(portal):
    assert await portal.console_citizen("c1", BERTA) is None
    assert await portal.console_draft("c1", BERTA) is None


async def test_what_the_desk_asks_the_portal(world, portal):
    await portal.bind("c1", KONTO, await world.log_in(KONTO, "hoch"))
    citizen = await portal.console_citizen("c1", BERTA)
    assert (citizen["trust"], citizen["address_locked"]) == ("hoch", False)
    assert await portal.console_draft("c1", BERTA) is None
    draft = await portal._client.open_draft("c1", "probe_hund", key="a")
    await portal._client.release(
        "c1", draft.id, freigeben=["familienname", "anschrift"], aendern={}, version=draft.version, key="b"
    )
    shown = await portal.console_draft("c1", BERTA)
    assert shown["fields"][0]["display"] == "Yıldız"
    entry = await portal.entry("c1", str(shown["service"]))
    assert {one["id"] for one in facts(entry)} == {"gebuehr", "frist", "stelle", "recht"}
    assert entry["protection"] is None
    assert await portal.entry("c1", "gibt_es_nicht") is None
    hits = await portal.find_services("c1", "Probehund anmelden")
    assert hits[0] == {"id": "probe_hund", "name": "Probehund anmelden"}

    release = await portal.release_to_office(
        "c1", kind="daten", id="person", office="BÜRGERcenter", purpose="Zweck", key="r"
    )
    values = await portal.released_values("c1", release["id"], BERTA)
    assert values[0]["value"] == "Yıldız"
    with pytest.raises(ForbiddenError):
        await portal.released_values("c1", release["id"], DORA)
    await portal.withdraw_release("c1", release["id"], key="w")
    with pytest.raises(ConflictError):
        await portal.released_values("c1", release["id"], BERTA)
    await portal.log_transfer(
        "c1", BERTA, to="Steuern", legal_basis="", content=["Anliegen"], service=None, key="t"
    )
    line = {"at": "2026-11-24T10:00:00+01:00", "author": "Mensch", "text": "Guten Tag"}
    filed = await portal.file_note("c1", BERTA, draft=draft.id, text="Notiert", lines=[line], key="n")
    assert (filed["service"], filed["reference"]) == ("Probehund anmelden", None)

    async with world.context.transaction() as session:
        await stammdaten.store(session, KONTO, {"auskunftssperre": "ja"}, "angabe", world.context.today())
    locked = await portal.console_draft("c1", BERTA)
    assert (locked["fields"][1]["display"], locked["fields"][1]["withheld"]) == (None, "auskunftssperre")
    with pytest.raises(ForbiddenError) as refused:
        await portal.reveal("c1", draft.id, "anschrift", BERTA)
    assert refused.value.code == "auskunftssperre"
