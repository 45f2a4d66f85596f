"""What the gateway learns about a file: its kind by content, whether malware was looked for, why it is not taken."""

import dataclasses

import pytest

from portal.app import create_app
from portal.services import dateipruefung, virenscan
from tests.support import attack_files
from tests.support.clamd import clamd
from tests.support.portal_town import MovingClock, Town, settings_for

PATH = "/api/dialog/files/check"
GATEWAY = {"Authorization": "Bearer handoff", "X-Conversation": "u-1"}


async def check(town, content, **headers):
    return await town.browser().http.post(PATH, content=content, headers=GATEWAY | headers)


@pytest.fixture
async def scanned(make_app, tmp_path):
    make_app(MovingClock())
    async with clamd() as scanner:
        clock = MovingClock()
        app = create_app(dataclasses.replace(settings_for(tmp_path), clamd=scanner.address), clock)
        async with app.router.lifespan_context(app):
            yield Town(app, clock), scanner


async def test_kind_scan_and_refusals(scanned, monkeypatch):
    town, scanner = scanned
    answer = await check(town, attack_files.pdf())
    assert answer.json() == {"media_type": "application/pdf", "scanner": "auf Schadsoftware geprüft (ClamAV)"}
    assert (await check(town, attack_files.picture("PNG"))).json()["media_type"] == "image/png"
    for content, status, code in (
        (b"", 422, "eingabe_ungueltig"),
        (b"MZ", 415, "dateityp_unzulaessig"),
        (attack_files.pdf() + attack_files.archive(), 415, "datei_mehrdeutig"),
        (attack_files.bomb_png(), 413, "datei_uebergross_entpackt"),
        (attack_files.pdf(extra=virenscan.EICAR + b"\n"), 422, "datei_schadsoftware"),
        (b"%PDF" + b"0" * (dateipruefung.GROESSE_HOECHSTENS + 100_000), 413, "datei_zu_gross"),
    ):
        refused = await check(town, content)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
        assert "nicht gespeichert" in refused.json()["message"] or "leer" in refused.json()["message"]
    monkeypatch.setattr(virenscan, "ZEIT_S", 0.1)
    for mood in ("silent", "hangs_up", "errs"):
        scanner.mood = mood
        assert (await check(town, attack_files.pdf())).json()["scanner"] is None
        assert (await check(town, b"MZ")).status_code == 415


async def test_without_a_scanner_the_answer_says_so(town):
    answer = await check(town, attack_files.pdf())
    assert answer.json()["scanner"] == "nicht auf Schadsoftware geprüft (kein Scanner eingerichtet)"


async def test_only_the_gateway_may_ask(town):
    for headers in (
        {"Authorization": "Bearer actions"},
        {"Authorization": "Bearer x"},
        {"X-Conversation": ""},
    ):
        assert (await check(town, attack_files.pdf(), **headers)).status_code in (401, 403, 422)
