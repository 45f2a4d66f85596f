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


def table(answer):
    assert answer.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer.text[1:]), delimiter=";"))


async def test_five_clerks_have_figures(town):
    await crowd(town)
    await served(town, "k0")
    await served(town, "k1", result="offen", wait_s=120)
    handle = await town.start()
    await town.ask_human(handle)
    town.clock.forward(30)
    await town.http.post(f"/api/conversations/{handle}/close")
    await town.send(await town.start(), "Hallo")
    await town.idle()
    page = text_of(await desk_of(town).get())
    assert "Wünsche nach einem Menschen 3" in page
    assert "Ohne Menschen beendet, ganze Stadt 25 % von 4 Gesprächen" in page
    assert "Abbruch beim Warten 33 % 1 gingen, 0 hinterließen ein Anliegen" in page
    assert "Wartezeit, Mitte 90 s" in page or "Wartezeit, Mitte 1,5 min" in page
    assert "Beim ersten Menschen gelöst 50 %" in page
    assert "Mitbestimmung des Personalrats" in page


async def test_four_clerks_have_none(town):
    await crowd(town, CROWD[:4])
    await served(town)
    answer = await desk_of(town).get()
    assert TOO_FEW in answer.text
    for words in (
        "Bearbeitung, Mitte",
        "Beim ersten Menschen gelöst",
        "Wartezeit, Mitte",
        "Abbruch beim Warten",
    ):
        assert words not in answer.text
    assert "Wünsche nach einem Menschen 1" in text_of(
        answer
    )  # what the assistant could not do is no clerk's figure
    rows = table(await desk_of(town).get("/zahlen.csv"))
    assert {row["Bearbeitung Median (s)"] for row in rows} == {TOO_FEW}
    assert not [row for row in rows if row["Stunde"] != "alle"]


async def test_who_was_here_only_before_the_period_does_not_make_a_group_larger(town):
    await crowd(town)
    town.clock.forward(86_400)
    await crowd(town, CROWD[:1])
    await served(town)
    assert "Bearbeitung, Mitte" not in (await desk_of(town).get("?zeitraum=heute")).text
    assert "Bearbeitung, Mitte" in (await desk_of(town).get("?zeitraum=7")).text


async def test_a_chat_that_was_given_back_is_one_call(town):
    await crowd(town)
    await town.ask_human(await town.start())
    conversation = await claims.claim(town.context, await town.chat(), staff("k0"))
    await queue.release(town.context, conversation, staff("k0"))
    await claims.claim(town.context, await town.chat(), staff("k1"))
    await desk.close(town.context, conversation, staff("k1"), "geloest", "fertig")
    found = await figures.overview(town.context, None, "heute")
    assert (found.whole.calls, found.whole.figures.first_contact) == (1, 0.0)


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
    await crowd(town)
    await served(town)
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
    await crowd(town)
    await served(town)
    town.portal.doors.clear()
    desk_here = desk_of(town)
    await presence.connected(
        town.context, type(staff())("x", frozenset({"clerk"}), "=cmd()", "F", (), "boese", login="x")
    )
    answer = await desk_here.get("/zahlen.csv?zeitraum=heute")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = table(answer)
    whole = rows[0]
    assert (whole["Stelle"], whole["Erreicht"], whole["Wartezeit Median (s)"], whole["Grund: Wunsch"]) == (
        "alle", "1", "60", "1",
    )  # fmt: skip
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
