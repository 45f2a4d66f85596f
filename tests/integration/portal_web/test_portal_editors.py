"""Editors change their own tier in a form; rules, versions and reasons stand beside it, and a broken edit changes nothing."""

import asyncio
import html
import re

import httpx
import pytest
from sqlalchemy import func, select

from portal.catalogue.overlay import SCHLUESSEL
from portal.schema.redaktion import AenderungZeile
from portal.services import redaktion
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.portal_town import Browser, Town

HUND = "hundesteuer_anmelden"


def form_of(text: str) -> dict[str, str]:
    """What the form of a key holds as it was served."""
    area = re.search(r'name="eingabe"[^>]*>\n(.*?)</textarea>', text, re.DOTALL)
    basis = re.search(r'name="basis" value="(\d+)"', text)
    assert area
    assert basis
    return {"eingabe": html.unescape(area.group(1)), "basis": basis.group(1)}


async def send(
    browser: Browser, key: str, aktion: str = "gilt", service: str = HUND, **fields: str
) -> httpx.Response:
    path = f"/redaktion/leistungen/{service}/{key}"
    values = {
        **form_of((await browser.get(path)).text),
        "quelle": "Ratsbeschluss",
        "marke": "geprueft",
        "gueltig_ab": "2026-11-01",
        "grund": "Weil es so klarer ist.",
        "aktion": aktion,
    }
    return await browser.post(path, path, **(values | fields))


async def stored(town: Town) -> int:
    async with town.context.transaction() as session:
        return await session.scalar(select(func.count()).select_from(AenderungZeile)) or 0


@pytest.mark.parametrize("tier", ["eu", "kommune"])
async def test_every_key_has_a_form(town: Town, tier: str) -> None:
    editor = await town.office(f"redaktion-{tier}")
    listed = await editor.get(f"/redaktion/leistungen/{HUND}")
    check_page(listed.text)
    assert "datetime" not in listed.text
    for key in SCHLUESSEL:
        answer = await editor.get(f"/redaktion/leistungen/{HUND}/{key}")
        assert answer.status_code == 200, key
        check_page(answer.text)


async def test_a_change_holds_at_once_everywhere_with_its_origin(town: Town) -> None:
    editor = await town.office("redaktion-land")
    answer = await send(editor, "kurz", eingabe="Wer einen Hund hält, zahlt Steuer.")
    assert answer.headers["location"].endswith("?gesendet=gilt")
    service = town.context.katalog.leistungen[HUND]
    assert service.kurz == "Wer einen Hund hält, zahlt Steuer."
    origin = service.herkunft["kurz"]
    assert (origin.ebene, origin.quelle, origin.marke) == ("land", "Ratsbeschluss", "geprueft")
    public = (await town.browser().get(f"/leistungen/{HUND}/ablauf")).text
    check_page(public)
    for words in (
        "Wer einen Hund hält, zahlt Steuer.",
        "Fassung 1",
        "Weil es so klarer ist.",
        "Redaktion Land NRW",
    ):
        assert words in public
    found = await town.browser().get(f"/leistungen/{HUND}")
    assert "Wer einen Hund hält, zahlt Steuer." in found.text


async def test_what_the_form_shows_can_be_sent_back_unchanged(town: Town) -> None:
    editor = await town.office("redaktion-land")
    before = town.context.katalog.leistungen[HUND]
    for key in ("felder", "nachweise", "synonyme", "text", "wege", "dauer", "rechtsbehelf", "beziehungen"):
        path = f"/redaktion/leistungen/{HUND}/{key}"
        shown = form_of((await editor.get(path)).text)
        answer = await send(editor, key, eingabe=shown["eingabe"])
        assert answer.status_code == 303, (key, answer.text)
    after = town.context.katalog.leistungen[HUND]
    assert after.felder == before.felder
    assert after.synonyme == before.synonyme
    assert (after.text, after.wege) == (before.text, before.wege)


async def test_a_preview_changes_nothing(town: Town) -> None:
    editor = await town.office("redaktion-land")
    before = town.context.katalog.leistungen[HUND].kurz
    answer = await send(editor, "kurz", "vorschau", eingabe="Ganz anders.")
    assert answer.status_code == 200
    check_page(answer.text)
    assert "Vorschau: Das würde sich ändern" in answer.text
    assert "Ganz anders." in answer.text
    assert town.context.katalog.leistungen[HUND].kurz == before
    assert await stored(town) == 0


@pytest.mark.parametrize(
    ("tier", "key", "value", "rule"),
    [
        ("kommune", "rechtsgrundlage", "§ 1 Anders", "gesperrt"),
        ("kommune", "leika", "99102013070000", "gesperrt"),
        ("kommune", "rechtsbehelf", "{weg: VG}", "gesperrt"),
        ("land", "name", "", "form"),
        ("land", "name", "x" * 61, "form"),
        ("land", "online", "{vertrauensniveau: riesig, wirkung: antrag}", "form"),
        ("land", "dauer", "{text: [", "yaml"),
        ("land", "felder", "- &a {id: b, label: B, typ: text}\n- *a", "yaml"),
        ("land", "felder", "[{id: x, label: X, typ: text}, {id: x, label: X, typ: text}]", "doppelt"),
        ("land", "erklaerbar_ab", "gibts_nicht", "verweis"),
        ("kommune", "beziehungen", "{vorher: [gibts_nicht]}", "verweis"),
        ("kommune", "stelle", "gibts_nicht", "verweis"),
    ],
)
async def test_a_broken_edit_is_refused_with_its_rule(
    town: Town, tier: str, key: str, value: str, rule: str
) -> None:
    editor = await town.office(f"redaktion-{tier}")
    before = town.context.katalog
    answer = await send(editor, key, eingabe=value)
    assert answer.status_code == 422
    check_page(answer.text)
    assert f"<strong>{rule}</strong>" in answer.text
    assert town.context.katalog is before
    assert await stored(town) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("grund", "  "),
        ("quelle", ""),
        ("marke", "gut"),
        ("gueltig_ab", "gestern"),
        ("gueltig_ab", "2026-11-25"),
        ("grund", "x" * 2001),
        ("eingabe", "x" * 20_001),
    ],
)
async def test_an_incomplete_form_comes_back_as_it_was_written(town: Town, field: str, value: str) -> None:
    editor = await town.office("redaktion-land")
    answer = await send(editor, "kurz", **({"eingabe": "Mein neuer Satz."} | {field: value}))
    assert answer.status_code == 422
    check_page(answer.text)
    assert field == "eingabe" or "Mein neuer Satz." in answer.text
    assert await stored(town) == 0


async def test_of_two_editors_at_once_the_second_is_told(town: Town) -> None:
    one, two = await town.office("redaktion-land"), await town.office("redaktion-land")
    assert (await send(one, "kurz", eingabe="Von der Ersten.")).status_code == 303
    late = await send(two, "kurz", eingabe="Von der Zweiten.", basis="0")
    assert late.status_code == 409
    assert "Von der Zweiten." in late.text
    assert town.context.katalog.leistungen[HUND].kurz == "Von der Ersten."
    assert (await send(two, "kurz", eingabe="Von der Zweiten.")).status_code == 303
    assert town.context.katalog.leistungen[HUND].kurz == "Von der Zweiten."


async def test_edits_sent_at_the_same_moment_leave_one_version(town: Town) -> None:
    editor = await town.office("redaktion-land")
    answers = await asyncio.gather(*(send(editor, "kurz", eingabe=f"Satz {i}.", basis="0") for i in range(4)))
    assert sorted(a.status_code for a in answers) == [303, 409, 409, 409]
    assert await stored(town) == 1


async def test_an_editor_changes_her_own_tier_only(town: Town) -> None:
    bund = await town.office("redaktion-bund")
    await send(bund, "kurz", eingabe="Vom Bund.")
    land_says = town.context.katalog.leistungen[HUND]
    assert land_says.herkunft["kurz"].ebene == "land"
    assert land_says.kurz != "Vom Bund."
    proposal = await propose(town, "redaktion-land")
    for name in ("redaktion-eu", "redaktion-bund", "redaktion-kommune"):
        other = await town.office(name)
        answer = await other.post(
            f"/redaktion/vorschlaege/{proposal}", "/redaktion", aktion="uebernehmen", antwort="Ja"
        )
        assert answer.status_code == 404, name


@pytest.mark.parametrize("name", ["amt-steuern", "konsole-1", "leitung"])
async def test_other_staff_edit_nothing(town: Town, name: str) -> None:
    staff = await town.office(name)
    for path in ("/redaktion", f"/redaktion/leistungen/{HUND}", f"/redaktion/leistungen/{HUND}/kurz"):
        assert (await staff.get(path)).status_code == 403
    anonymous = await town.browser().get("/redaktion")
    assert anonymous.headers["location"] == "/amt/anmelden?zurueck=/redaktion"


@pytest.mark.parametrize(
    "path",
    [
        "/redaktion/leistungen/gibtsnicht",
        f"/redaktion/leistungen/{HUND}/id",
        f"/redaktion/leistungen/{HUND}/x",
    ],
)
async def test_what_cannot_be_edited_is_not_found(town: Town, path: str) -> None:
    assert (await (await town.office("redaktion-land")).get(path)).status_code == 404


async def test_a_form_without_its_token_changes_nothing(town: Town) -> None:
    editor = await town.office("redaktion-land")
    answer = await editor.http.post(
        f"/redaktion/leistungen/{HUND}/kurz", data={"eingabe": "x", "aktion": "gilt"}
    )
    assert answer.status_code == 403
    assert await stored(town) == 0


async def test_taking_back_lets_the_files_count_and_keeps_the_versions(town: Town) -> None:
    editor = await town.office("redaktion-land")
    before = town.context.katalog.leistungen[HUND].kurz
    path = f"/redaktion/leistungen/{HUND}/kurz"
    await send(editor, "kurz", eingabe="Kurz anders.")
    empty = await editor.post(f"{path}/zuruecknehmen", path, basis="1", grund="")
    assert empty.status_code == 422
    stale = await editor.post(f"{path}/zuruecknehmen", path, basis="7", grund="Doch nicht.")
    assert stale.status_code == 409
    done = await editor.post(f"{path}/zuruecknehmen", path, basis="1", grund="Doch nicht.")
    assert done.status_code == 303
    assert town.context.katalog.leistungen[HUND].kurz == before
    page = (await editor.get(path)).text
    assert "Fassung 2" in page
    assert "Kurz anders." in page
    again = await editor.post(f"{path}/zuruecknehmen", path, basis="2", grund="Noch einmal.")
    assert again.status_code == 422


async def test_a_changed_parent_flags_the_value_below_until_somebody_looked(town: Town) -> None:
    service, key = "wohnsitz_anmelden", "persoenlich"  # said by the Bund, and again by the town
    town_editor = await town.office("redaktion-kommune")
    assert "Nichts ist offen." in (await town_editor.get("/redaktion")).text
    bund = await town.office("redaktion-bund")
    preview = await send(bund, key, "vorschau", service, eingabe="{noetig: true, text: Nur noch selbst.}")
    assert "Noch einmal ansehen müssen ihre eigene Angabe dann: Stadt" in preview.text
    await send(bund, key, service=service, eingabe="{noetig: true, text: Nur noch selbst.}")
    listed = (await town_editor.get("/redaktion")).text
    check_page(listed)
    assert f"/redaktion/leistungen/{service}/{key}" in listed
    assert "weicht ab" in (await town_editor.get(f"/redaktion/leistungen/{service}")).text
    assert "Nur noch selbst." in (await town_editor.get(f"/redaktion/leistungen/{service}/{key}")).text
    parent = re.search(r'name="eltern" value="([0-9a-f]{64})"', listed)
    assert parent
    seen = {"leistung": service, "schluessel": key, "eltern": parent.group(1)}
    wrong = await town_editor.post("/redaktion/abweichungen", "/redaktion", **(seen | {"eltern": "0" * 64}))
    assert wrong.status_code == 409
    foreign = await bund.post("/redaktion/abweichungen", "/redaktion", **seen)
    assert foreign.status_code == 409
    assert (await town_editor.post("/redaktion/abweichungen", "/redaktion", **seen)).status_code == 303
    assert "Nichts ist offen." in (await town_editor.get("/redaktion")).text
    await send(bund, key, service=service, eingabe="{noetig: true, text: Wieder anders.}")
    assert "Nichts ist offen." not in (await town_editor.get("/redaktion")).text
    await send(town_editor, key, service=service, eingabe="{noetig: false, text: Neu geschrieben.}")
    assert "Nichts ist offen." in (await town_editor.get("/redaktion")).text


async def test_a_value_that_had_nothing_above_it_is_flagged_too(town: Town) -> None:
    town_editor = await town.office("redaktion-kommune")
    bund = await town.office("redaktion-bund")
    assert "hinweis" in town.context.katalog.leistungen["wohnsitz_anmelden"].herkunft
    await send(bund, "hinweis", service="wohnsitz_anmelden", eingabe="Ein Hinweis des Bundes.")
    assert "/redaktion/leistungen/wohnsitz_anmelden/hinweis" in (await town_editor.get("/redaktion")).text
    await redaktion.laden(town.context)
    assert "/redaktion/leistungen/wohnsitz_anmelden/hinweis" in (await town_editor.get("/redaktion")).text


async def test_changes_survive_a_restart_and_one_that_no_longer_fits_rests(town: Town) -> None:
    editor = await town.office("redaktion-land")
    await send(editor, "kurz", eingabe="Bleibt.")
    await send(editor, "dauer", eingabe="{text: eine Woche}")
    async with town.context.transaction() as session:
        row = await session.scalar(select(AenderungZeile).where(AenderungZeile.schluessel == "dauer"))
        assert row
        row.eingabe = "{text: [nicht mehr gültig"
    town.context.bestand.ueberlagerungen = ()
    await redaktion.laden(town.context)
    service = town.context.katalog.leistungen[HUND]
    assert service.kurz == "Bleibt."
    assert service.dauer
    assert service.dauer.text != "eine Woche"
    listed = (await editor.get("/redaktion")).text
    assert "Ruht" in listed
    assert f"/redaktion/leistungen/{HUND}/dauer" in listed


async def propose(
    town: Town, name: str = "redaktion-land", key: str = "kurz", text: str = "Vorgeschlagen."
) -> str:
    editor = await town.office(name)
    answer = await send(editor, key, "vorschlag", eingabe=text)
    assert answer.status_code == 303, answer.text
    async with town.context.transaction() as session:
        row = await session.scalar(
            select(AenderungZeile)
            .where(AenderungZeile.status == "vorschlag")
            .order_by(AenderungZeile.nummer.desc())
        )
    assert row
    return row.id


async def test_a_proposal_is_decided_with_a_public_answer(town: Town) -> None:
    before = town.context.katalog.leistungen[HUND].kurz
    proposal = await propose(town)
    assert town.context.katalog.leistungen[HUND].kurz == before
    editor = await town.office("redaktion-land")
    check_page((await editor.get("/redaktion")).text)
    path = f"/redaktion/vorschlaege/{proposal}"
    silent = await editor.post(path, "/redaktion", aktion="uebernehmen", antwort=" ")
    assert silent.status_code == 422
    done = await editor.post(path, "/redaktion", aktion="uebernehmen", antwort="Danke für die Stimmen.")
    assert done.status_code == 303
    assert town.context.katalog.leistungen[HUND].kurz == "Vorgeschlagen."
    assert "Danke für die Stimmen." in (await editor.get(f"/leistungen/{HUND}/ablauf")).text
    twice = await editor.post(path, "/redaktion", aktion="ablehnen", antwort="Doch nicht.")
    assert twice.status_code == 409


async def test_a_refused_proposal_changes_nothing_and_stays_readable(town: Town) -> None:
    before = town.context.katalog.leistungen[HUND].kurz
    proposal = await propose(town)
    editor = await town.office("redaktion-land")
    await editor.post(
        f"/redaktion/vorschlaege/{proposal}", "/redaktion", aktion="ablehnen", antwort="Das Gesetz geht vor."
    )
    assert town.context.katalog.leistungen[HUND].kurz == before
    public = (await town.browser().get(f"/leistungen/{HUND}/ablauf")).text
    assert "nicht übernommen" in public
    assert "Das Gesetz geht vor." in public


async def test_a_proposal_overtaken_by_a_newer_version_is_not_brought_into_force(town: Town) -> None:
    proposal = await propose(town)
    editor = await town.office("redaktion-land")
    await send(editor, "kurz", eingabe="Schneller.")
    late = await editor.post(
        f"/redaktion/vorschlaege/{proposal}", "/redaktion", aktion="uebernehmen", antwort="Ja."
    )
    assert late.status_code == 409
    assert "Ja." in late.text
    assert town.context.katalog.leistungen[HUND].kurz == "Schneller."


async def test_a_reload_of_the_files_takes_what_another_process_stored(town: Town) -> None:
    editor = await town.office("redaktion-land")
    await send(editor, "kurz", eingabe="Aus der Datenbank.")
    stock = town.context.bestand
    assert stock.ersetzen(*stock.lesen([]), [])  # as a process that has not seen the change
    assert town.context.katalog.leistungen[HUND].kurz != "Aus der Datenbank."
    answer = await town.browser().http.post(
        "/api/catalogue/reload", headers={"Authorization": "Bearer portal"}
    )
    assert answer.status_code == 200, answer.text
    assert town.context.katalog.leistungen[HUND].kurz == "Aus der Datenbank."
