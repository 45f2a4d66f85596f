"""The lead's overview and its CSV, from chats that were really led."""

import csv
import io

import pytest
from handoff_world import staff
from lead_desk import desk_of, text_of

from handoff.domain.figures import TOO_FEW
from handoff.services import claims, desk, figures, presence, queue

CROWD = [f"k{number}" for number in range(5)]


async def crowd(town, people=CROWD):
    for person in people:
        await presence.connected(town.context, staff(person))


async def served(town, person="k0", *, result="geloest", wait_s=60, talk_s=300):
    handle = await town.start()
    await town.ask_human(handle)
    town.clock.forward(wait_s)
    conversation = await claims.claim(town.context, await town.chat(), staff(person))
    town.clock.forward(talk_s)
    await desk.close(town.context, conversation, staff(person), result, "fertig")


DAY_S = 86_400


async def busy_day(town, people=CROWD, chats=5):
    """A day that has figures, and the next morning."""
    await crowd(town, people)
    for number in range(chats):
        await served(town, f"k{number % len(people)}")
    town.clock.forward(DAY_S)


def table(answer):
    assert answer.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer.text[1:]), delimiter=";"))


async def test_five_clerks_have_figures(town):
    await crowd(town)
    handle = await town.start()
    await town.ask_human(handle)
    town.clock.forward(30)
    await town.http.post(f"/api/conversations/{handle}/close")
    await town.send(await town.start(), "Hallo")
    await town.idle()
    await served(town, "k1", result="offen", wait_s=120)
    await served(town, "k1", result="offen", wait_s=120)
    await busy_day(town, chats=3)
    page = text_of(await desk_of(town).get())
    assert "16.11.2026 bis gestern" not in page
    assert "17.11.2026 bis gestern" in page
    assert "Wünsche nach einem Menschen 6" in page
    assert "Ohne Menschen beendet, ganze Stadt 14 % von 7 Gesprächen" in page
    assert "Abbruch beim Warten 17 % 1 gingen, 0 hinterließen ein Anliegen" in page
    assert "Wartezeit, Mitte 60 s neun von zehn bis 2,0 min" in page
    assert "Beim ersten Menschen gelöst 60 %" in page
    assert "Mitbestimmung des Personalrats" in page


async def test_today_has_calls_and_no_figures_of_work(town):
    await crowd(town)
    for number in range(6):
        await served(town, f"k{number % 5}")
    page = text_of(await desk_of(town).get("?zeitraum=heute"))
    assert "Wünsche nach einem Menschen 6" in page
    assert "für heute also ab morgen" in page
    assert "Bearbeitung, Mitte" not in page
    page = text_of(await desk_of(town).get("?zeitraum=7"))
    assert "Wünsche nach einem Menschen 0" in page, "whole days that are over"
    town.clock.forward(DAY_S)
    page = text_of(await desk_of(town).get("?zeitraum=gestern"))
    assert "Wünsche nach einem Menschen 6" in page
    assert "Bearbeitung, Mitte 5,0 min" in page


async def test_one_more_chat_changes_no_figure_of_work_before_the_day_is_over(town):
    await busy_day(town)
    before = table(await desk_of(town).get("/zahlen.csv?zeitraum=7"))
    await crowd(town)
    await served(town, wait_s=7, talk_s=4000)
    assert table(await desk_of(town).get("/zahlen.csv?zeitraum=7")) == before


async def test_a_day_with_few_chats_or_clerks_stays_out_and_the_page_says_so(town):
    await busy_day(town)
    await busy_day(town, CROWD[:1], chats=6)
    await busy_day(town, chats=4)
    page = text_of(await desk_of(town).get())
    assert "Wünsche nach einem Menschen 15" in page
    assert "ohne 2 Tage mit zu wenigen Beschäftigten oder Gesprächen" in page
    whole = table(await desk_of(town).get("/zahlen.csv"))[0]
    assert (whole["Wünsche nach einem Menschen"], whole["Erreicht"]) == ("15", "5")


async def test_two_consoles_of_one_clerk_are_one_clerk(town):
    for _ in range(2):
        await crowd(town, CROWD[:4])
    await busy_day(town, CROWD[:4], chats=6)
    assert "Bearbeitung, Mitte" not in text_of(await desk_of(town).get())


async def test_who_sees_all_teams_finds_no_small_one_by_subtracting_its_neighbour(town):
    small = [type(staff())(f"s{n}", frozenset({"clerk"}), "Steuern", "F", (), "steuern") for n in range(2)]
    large = [type(staff())(f"g{n}", frozenset({"clerk"}), "Bürger", "F", (), "buerger") for n in range(6)]
    for one in (*small, *large):
        await presence.connected(town.context, one)
    for one in (*small, *small, *small, *large):
        handle = await town.start()
        await town.ask_human(handle)
        conversation = await claims.claim(town.context, await town.chat(), one)
        await desk.close(town.context, conversation, one, "geloest", "fertig")
    town.clock.forward(DAY_S)
    whole, together = (
        (await figures.overview(town.context, None, "gestern")).teams[0],
        await figures.overview(town.context, "buerger", "gestern"),
    )
    assert (set(whole.group.keys), whole.figures.reached) == ({"buerger", "steuern"}, 12)
    assert together.whole.figures is None
    own = await figures.overview(town.context, "buerger", "gestern", others=False)
    assert own.whole.figures.reached == 6, "who sees no other team has nothing to subtract from"


async def test_four_clerks_have_none(town):
    await busy_day(town, CROWD[:4])
    answer = await desk_of(town).get()
    assert TOO_FEW in answer.text
    for words in (
        "Bearbeitung, Mitte",
        "Beim ersten Menschen gelöst",
        "Wartezeit, Mitte",
        "Abbruch beim Warten",
    ):
        assert words not in answer.text
    assert "Wünsche nach einem Menschen 5" in text_of(
        answer
    )  # what the assistant could not do is no clerk's figure
    rows = table(await desk_of(town).get("/zahlen.csv"))
    assert {row["Bearbeitung Median (s)"] for row in rows} == {TOO_FEW}
    assert not [row for row in rows if row["Stunde"] != "alle"]


async def test_who_was_here_only_before_the_period_does_not_make_a_group_larger(town):
    await busy_day(town)
    await busy_day(town, CROWD[:1])
    assert "Bearbeitung, Mitte" not in (await desk_of(town).get("?zeitraum=gestern")).text
    assert "Bearbeitung, Mitte" in (await desk_of(town).get("?zeitraum=7")).text


async def test_a_chat_that_was_given_back_is_one_call(town):
    await crowd(town)
    await town.ask_human(await town.start())
    conversation = await claims.claim(town.context, await town.chat(), staff("k0"))
    await queue.release(town.context, conversation, staff("k0"))
    await claims.claim(town.context, await town.chat(), staff("k1"))
    await desk.close(town.context, conversation, staff("k1"), "geloest", "fertig")
    await busy_day(town, chats=4)
    found = await figures.overview(town.context, None, "gestern")
    assert (found.whole.calls, found.whole.figures.first_contact) == (5, 0.8)


async def test_the_load_now(town):
    await crowd(town, CROWD[:2])
    await presence.change(town.context, staff("k1"), presence="pause")
    await town.ask_human(await town.start())
    town.clock.forward(30)
    await town.ask_human(await town.start())
    await claims.claim(town.context, await town.chat(), staff("k0"))
    found = await figures.load(town.context, None)
    assert (found.waiting, found.served, found.on_duty, found.on_break) == (1, 1, 1, 1)
    assert (await figures.load(town.context, "steuern")).waiting == 0


async def test_a_lead_of_an_office_sees_no_other(town):
    await busy_day(town)
    tax = desk_of(town, "otto", office="Abteilung Steuern", office_id="steuern")
    assert "Wünsche nach einem Menschen 0" in text_of(await tax.get())
    assert (await tax.get("?stelle=*")).status_code == 403
    assert (await tax.get("/zahlen.csv?stelle=*")).status_code == 403
    assert {row["Stelle"] for row in table(await tax.get("/zahlen.csv"))} <= {"alle", "Abteilung Steuern"}


@pytest.mark.parametrize("path", ["?zeitraum=jahr", "/zahlen.csv?zeitraum=99"])
async def test_an_unknown_period_is_refused(town, path):
    answer = await desk_of(town).get(path)
    assert answer.status_code == 422
    assert "28 Tage" in answer.text


@pytest.mark.parametrize("path", ["", "/zahlen.csv"])
async def test_clerks_and_editors_see_no_figures(town, path):
    for role in ("clerk", "editor"):
        assert (await desk_of(town, role, roles=[role]).get(path)).status_code == 403


async def test_the_csv_says_the_same_and_holds_no_formula(town):
    await busy_day(town)
    town.portal.doors.clear()
    desk_here = desk_of(town)
    await presence.connected(
        town.context, type(staff())("x", frozenset({"clerk"}), "=cmd()", "F", (), "boese", login="x")
    )
    answer = await desk_here.get("/zahlen.csv?zeitraum=gestern")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = table(answer)
    whole = rows[0]
    assert (whole["Stelle"], whole["Erreicht"], whole["Wartezeit Median (s)"], whole["Grund: Wunsch"]) == (
        "alle", "5", "60", "5",
    )  # fmt: skip
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
