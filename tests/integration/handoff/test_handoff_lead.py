"""The lead's pages: who may see them, and what she edits; each change is checked and logged."""

import re
from datetime import date, datetime

import pytest
from handoff_world import BERLIN, staff
from lead_desk import HTML, desk_of, text_of

from handoff.errors import InvalidInputError
from handoff.services import hours, lead, presence
from handoff.storage import duty

PAGES = ["", "/beispiele", "/schalter", "/team", "/zeiten", "/textbausteine", "/aenderungen"]
WEEK = {f"tag{day}": "08:00-16:00" for day in range(5)}
TIMES = {"bekannt": "ja", **WEEK, "verteilung": "push", "zusage": "3"}


async def clerk(town, person="berta", office=None):
    one = staff(person)
    one = type(one)(
        person,
        one.roles,
        "Abteilung Steuern" if office else one.office,
        one.function,
        (),
        office,
        login=person,
    )
    await presence.connected(town.context, one)


async def skills_of(town, person="berta"):
    async with town.context.database.read() as session:
        row = await duty.clerk(session, person)
        return list(row.languages), list(row.skills)


async def log_of(town):
    return text_of(await desk_of(town).get("/aenderungen"))


@pytest.mark.parametrize("path", PAGES)
async def test_each_page_is_there_for_the_lead(town, path):
    answer = await desk_of(town).get(path)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert "style=" not in answer.text


@pytest.mark.parametrize("path", PAGES)
async def test_without_a_login_one_is_led_to_it(town, path):
    answer = await town.http.get(f"/konsole/leitung{path}", headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/amt/anmelden?zurueck=/konsole/leitung{path}"
    ended = await town.http.get(f"/konsole/leitung{path}", headers={**HTML, "Cookie": "amtslotse_amt=alt"})
    assert ended.status_code == 303


@pytest.mark.parametrize("path", PAGES)
async def test_clerks_do_not_get_in(town, path):
    answer = await desk_of(town, "berta", roles=["clerk"]).get(path)
    assert answer.status_code == 403
    assert "vorbehalten" in answer.text


async def test_editors_change_hours_and_replies_only(town):
    editor = desk_of(town, "erna", roles=["editor"])
    assert (await editor.get("/zeiten")).status_code == 200
    assert (await editor.get("/textbausteine")).status_code == 200
    assert (await editor.get("/team")).status_code == 403
    assert (await editor.post("/schalter/aus", was="assistent", hinweis="Aus.")).status_code == 403


async def test_a_forged_form_changes_nothing(town):
    for csrf in ("", "csrf-andere"):
        answer = await desk_of(town).post("/schalter/aus", csrf, was="assistent", hinweis="Aus.")
        assert answer.status_code == 403
    assert "Nichts. Alles läuft." in text_of(await desk_of(town).get("/schalter"))


async def test_while_the_portal_is_away_nobody_gets_in(town):
    lead_desk = desk_of(town)
    town.portal.down = True
    answer = await lead_desk.get("/team")
    assert answer.status_code == 503
    assert "antwortet nicht" in answer.text


async def test_languages_and_skills_reach_routing_and_the_log(town):
    await clerk(town)
    answer = await desk_of(town).post(
        "/team", person="berta", sprachen=["de", "tr"], faehigkeiten=["beschwerde"]
    )
    assert answer.status_code == 303
    assert await skills_of(town) == (["de", "tr"], ["beschwerde"])
    assert "berta: Sprachen Deutsch, Türkisch; Fähigkeiten beschwerde." in await log_of(town)


@pytest.mark.parametrize(
    "form",
    [
        {"person": "berta", "sprachen": []},
        {"person": "berta", "sprachen": ["klingonisch"]},
        {"person": "berta", "sprachen": ["de"], "faehigkeiten": ["fliegen"]},
        {"person": "niemand", "sprachen": ["de"]},
        {},
    ],
)
async def test_unknown_people_languages_and_skills_are_refused(town, form):
    await clerk(town)
    assert (await desk_of(town).post("/team", **form)).status_code == 422
    assert await skills_of(town) == (["de"], [])
    assert "Noch keine." in await log_of(town)


async def test_a_lead_of_an_office_stays_in_it(town):
    await clerk(town)
    await clerk(town, "steffi", "steuern")
    tax = desk_of(town, "otto", office="Abteilung Steuern", office_id="steuern")
    page = await tax.get("/team")
    assert "steffi" in page.text
    assert "berta" not in page.text
    assert (await tax.post("/team", person="berta", sprachen=["tr"])).status_code == 403
    assert (await tax.get("/zeiten?stelle=*")).status_code == 403
    assert (await tax.post("/zeiten?stelle=standesamt", **TIMES)).status_code == 403
    assert await skills_of(town) == (["de"], [])


async def test_hours_hold_at_once_and_show_the_holidays(town):
    answer = await desk_of(town).post("/zeiten?stelle=*", **{**TIMES, "tag0": "8 bis 12 Uhr und 13.30-16"})
    assert answer.status_code == 303
    async with town.context.database.read() as session:
        team = await duty.team(session, None)
        now = await hours.opening(session, None, datetime(2026, 11, 23, 12, 30, tzinfo=BERLIN))
    assert (team.week["0"], team.mode, team.promise_days) == (
        [["08:00", "12:00"], ["13:30", "16:00"]],
        "push",
        3,
    )
    assert now.open is False
    page = text_of(await desk_of(town).get("/zeiten"))
    assert "25.12.2026: Erster Weihnachtstag" in page
    assert "Fronleichnam" in page  # a holiday here, not in all of Germany
    assert "08:00-12:00, 13:30-16:00" in (await desk_of(town).get("/zeiten")).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"tag2": "morgens"},
        {"tag2": "16:00-08:00"},
        {"tag2": "8-25"},
        {"zusage": "0"},
        {"zusage": "bald"},
        {"verteilung": "x"},
    ],
)
async def test_wrong_hours_change_nothing_and_are_kept_in_the_form(town, wrong):
    answer = await desk_of(town).post("/zeiten?stelle=*", **{**TIMES, **wrong})
    assert answer.status_code == 422
    assert "Es wurde nichts geändert" in answer.text
    if "tag2" in wrong:
        assert wrong["tag2"] in answer.text
    async with town.context.database.read() as session:
        assert await duty.team(session, None) is None


async def test_an_exception_comes_and_goes(town):
    desk = desk_of(town)
    assert (
        await desk.post("/ausnahmen?stelle=*", tag="2026-12-24", art="zu", anlass="Heiligabend")
    ).status_code == 303
    assert "24.12.2026 : geschlossen (Heiligabend)" in text_of(await desk.get("/zeiten"))
    assert (await desk.post("/ausnahmen?stelle=*", tag="2026-12-24", art="wie-sonst")).status_code == 303
    assert "Heiligabend" not in text_of(await desk.get("/zeiten"))
    assert "Ausnahme am 24.12.2026: wieder wie sonst." in await log_of(town)


@pytest.mark.parametrize(
    "form",
    [
        {"tag": "", "art": "zu"},
        {"tag": "9999-12-31", "art": "zu"},
        {"tag": "2026-11-22", "art": "zu"},
        {"tag": "2026-12-24", "art": "zeiten", "zeiten": ""},
        {"tag": "2026-12-24", "art": "zeiten", "zeiten": "spät"},
    ],
)
async def test_exceptions_of_the_past_or_without_times_are_refused(town, form):
    assert (await desk_of(town).post("/ausnahmen?stelle=*", **form)).status_code == 422
    async with town.context.database.read() as session:
        assert await duty.exceptions(session, "*", date(2026, 1, 1)) == []


async def test_replies_are_kept_replaced_and_deleted(town):
    desk = desk_of(town)
    for text in ("Guten Tag, {funktion}.", "Guten Morgen, {funktion}."):
        assert (await desk.post("/textbausteine", titel="Gruß", text=text)).status_code == 303
    page = await desk.get("/textbausteine")
    assert "Guten Morgen, {funktion}." in page.text
    assert "Guten Tag, {funktion}." not in page.text
    (id_,) = set(re.findall(r'name="id" value="([^"]+)"', page.text))
    assert (await desk.post("/textbausteine", was="loeschen", id=id_)).status_code == 303
    assert "Guten Morgen" not in (await desk.get("/textbausteine")).text
    assert "Textbaustein „Gruß“ gelöscht." in await log_of(town)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"titel": "", "text": "Hallo"}, 422),
        ({"titel": "Gruß", "text": ""}, 422),
        ({"titel": "Gruß", "text": "{gehalt}"}, 422),
        ({"was": "loeschen", "id": "moment"}, 409),
        ({"was": "loeschen", "id": "gibt-es-nicht"}, 409),
    ],
)
async def test_wrong_replies_and_those_of_all_offices_stay(town, form, status):
    assert (await desk_of(town).post("/textbausteine", **form)).status_code == status
    page = await desk_of(town).get("/textbausteine")
    assert "Einen Moment bitte" in page.text
    assert "Noch keine." in await log_of(town)


async def test_markup_in_names_is_text(town):
    await desk_of(town).post("/textbausteine", titel="<b>Gruß</b>", text="<script>x</script>")
    page = await desk_of(town).get("/textbausteine")
    assert "&lt;script&gt;x" in page.text
    assert "<script" not in page.text


def test_times_are_read_as_people_write_them():
    assert lead.read_spans("8-12, 13:30 bis 16 Uhr", "tag0") == [("08:00", "12:00"), ("13:30", "16:00")]
    assert lead.read_spans(" ", "tag0") == []
    for wrong in ("heute", "8", "8-", "24-25", "8:1-9"):
        with pytest.raises(InvalidInputError):
            lead.read_spans(wrong, "tag0")
