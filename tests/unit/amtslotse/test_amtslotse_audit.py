"""The commands `audit verify` and `keys rotate` on a database of their own."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from amtslotse.cli import app
from amtslotse.clock import system_time
from amtslotse.datenbank import portal_session, portal_settings
from amtslotse.installation import Installation
from portal.context import PortalContext
from portal.services import protokoll, schluessel

KONTO = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("AMTSLOTSE_VAR", str(tmp_path))
    for name, port in (("PORT", "8611"), ("ENGINE_PORT", "8612"), ("ACTIONS_PORT", "8613")):
        monkeypatch.setenv(f"AMTSLOTSE_{name}", port)
    made = Installation(root=tmp_path, var=tmp_path)
    asyncio.run(_two_entries(made))
    return made


async def _two_entries(installation: Installation) -> None:
    context = PortalContext.create(portal_settings(installation), system_time)
    async with portal_session(installation) as session:
        for field in ("Name", "Anschrift"):
            await protokoll.eintragen(
                context,
                session,
                KONTO,
                art="einsicht",
                akteur="mensch",
                akteur_label="Amt",
                felder=[field],
                kanal="Test",
            )
    await context.close()


async def _fields(installation: Installation) -> list[list[str]]:
    async with portal_session(installation) as session:
        return [entry.fields for entry in await protokoll.liste(session, KONTO)]


def run(*words: str):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(app, list(words))


def test_a_whole_log_is_confirmed_and_its_head_can_be_noted(installation: Installation) -> None:
    done = run("audit", "verify")
    assert (done.exit_code, "2 Einträge" in done.output) == (0, True)
    head = done.output.strip().rsplit("Kopf: ", 1)[1]
    assert run("audit", "verify", "--kopf", head).exit_code == 0
    assert run("audit", "verify", "--kopf", "2:anderer").exit_code == 1


def test_the_first_broken_link_is_named(installation: Installation) -> None:
    with sqlite3.connect(installation.var / "portal.db") as database:
        database.execute("DELETE FROM protokoll WHERE nummer = 1")
    done = run("audit", "verify")
    assert (done.exit_code, "Eintrag 1 fehlt" in done.output) == (1, True)


def test_an_erased_person_is_counted_and_her_returned_key_reported(installation: Installation) -> None:
    with sqlite3.connect(installation.var / "portal.db") as database:
        (kept,) = database.execute("SELECT * FROM schluessel").fetchall()
    asyncio.run(_erased(installation))
    done = run("audit", "verify")
    assert (done.exit_code, "1 gelöschte Personen" in done.output) == (0, True)
    assert asyncio.run(_fields(installation)) == []
    with sqlite3.connect(installation.var / "portal.db") as database:
        database.execute("INSERT INTO schluessel VALUES (?, ?, ?, ?)", kept)
    done = run("audit", "verify")
    assert (done.exit_code, "wieder lesbar" in done.output) == (1, True)


async def _erased(installation: Installation) -> None:
    async with portal_session(installation) as session:
        key = await schluessel.vorhanden(session, KONTO)
        assert key is not None
        await protokoll.loeschung_vermerken(session, key.inhaber)
        await schluessel.vernichten(session, KONTO)


def test_keys_rotate_replaces_the_key_and_loses_nothing(installation: Installation) -> None:
    old = installation.secrets()["PORTAL_KEYS"]
    done = run("keys", "rotate")
    assert done.exit_code == 0, done.output
    new = installation.secrets()["PORTAL_KEYS"]
    assert "," not in new
    assert new != old
    assert asyncio.run(_fields(installation)) == [["Anschrift"], ["Name"]]
    assert run("audit", "verify").exit_code == 0
