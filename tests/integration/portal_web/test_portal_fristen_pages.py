"""Her deadlines: letters she notes herself, the list, reminders, calendar file and calendar address."""

import re

import pytest
from icalendar import Calendar

from portal.services import fristenblatt
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.counter import ANNA, decide, sent_by_mail
from tests.support.portal_town import Browser, Town
from tests.support.vorgaenge import delivered_case


async def test_her_own_letter_is_computed_and_kept(town: Town, anna: Browser) -> None:
    form = "/mein/fristen/brief"
    check_page((await anna.get(form)).text)
    answer = await anna.post(
        form, form, leistung="wohngeld", bescheiddatum="2026-11-23", weg="post_sgbx", rechtsbehelf="WI"
    )
    assert answer.status_code == 303, answer.text
    page = (await anna.get(answer.headers["location"])).text
    check_page(page)
    assert "<strong>28.12.2026</strong>" in page
    unknown = await anna.post(form, form, leistung="wohngeld", bescheiddatum="2026-11-23")
    assert "<strong>23.12.2026</strong>" in (await anna.get(unknown.headers["location"])).text
    settled = await anna.post(f"{unknown.headers['location']}/erledigt", unknown.headers["location"])
    assert settled.status_code == 303
    assert "erledigt am" in (await anna.get("/mein/fristen")).text


async def test_a_letter_with_a_mistake_comes_back_as_it_was_filled_in(anna: Browser) -> None:
    form = "/mein/fristen/brief"
    good = {"leistung": "wohngeld", "bescheiddatum": "2026-11-23", "empfaenger": "Stadt"}
    for values in (
        {"bescheiddatum": "2026-12-24"},
        {"bescheiddatum": ""},
        {"bescheiddatum": "gestern"},
        {"weg": "ozg_9"},
        {"beginn": "2026-11-01"},
        {"zugang": "2027-11-01"},
    ):
        answer = await anna.post(form, form, **good | values)
        assert answer.status_code == 422, values
        assert 'value="Stadt"' in answer.text


async def test_an_unknown_service_has_no_letter(anna: Browser) -> None:
    form = "/mein/fristen/brief"
    answer = await anna.post(form, form, leistung="gibt_es_nicht", bescheiddatum="2026-11-23")
    assert answer.status_code == 404


async def test_documents_stand_among_the_deadlines(town: Town, anna: Browser) -> None:
    entries = (await anna.get("/mein/fristen")).text
    assert "Personalausweis erneuern" in entries
    assert "28.02.2031" in entries
    assert "Personalausweis erneuern" not in (await anna.get("/mein")).text, "more than a year away"


async def test_reminders_go_out_once_on_the_chosen_days(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    page = "/mein/benachrichtigungen"
    await anna.confirm()
    await anna.post(page, page, ruhe_von="22:00", ruhe_bis="07:00", erinnern=["14", "1"])
    await decide(office, case, norm="ozg_9")
    town.clock.forward(days=19)
    assert await fristenblatt.erinnern(town.context) == 0
    sent = []
    for _ in range(17):
        town.clock.forward(days=1)
        sent.append(await fristenblatt.erinnern(town.context) + await fristenblatt.erinnern(town.context))
    assert sent.count(1) == 2
    assert sent.index(1) == 0, "fourteen days before 28 December"
    assert sent[13] == 1, "one day before"
    assert "Erinnerung an eine Frist" in await sent_by_mail(town)


async def test_the_calendar_file_names_them_and_the_address_does_not(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    await decide(office, case, norm="ozg_9")
    own = Calendar.from_ical((await anna.get("/mein/fristen/fristen.ics")).content)
    names = [str(event["summary"]) for event in own.walk("VEVENT")]
    assert "Frist: Widerspruch möglich: Hundesteuer anmelden" in names
    await anna.confirm()
    made = await anna.post("/mein/fristen/kalender", "/mein/fristen")
    address = re.search(r"http://portal\.test(/kalender/[\w-]{43}\.ics)", made.text).group(1)  # type: ignore[union-attr]
    assert address not in (await anna.get("/mein/fristen")).text, "shown once"
    feed = await town.browser().get(address)
    events = Calendar.from_ical(feed.content).walk("VEVENT")
    assert len(events) == len(names)
    assert {str(event["summary"]) for event in events} == {"Eine Frist endet (Amtslotse)"}
    for personal in ("Hund", "Anna", "Beispiel", "Widerspruch", "Ausweis"):
        assert personal not in feed.text
    revoke = re.search(
        r"/mein/fristen/kalender/[0-9a-f-]{36}/widerrufen", (await anna.get("/mein/fristen")).text
    ).group(0)  # type: ignore[union-attr]
    await anna.post(revoke, "/mein/fristen")
    assert (await town.browser().get(address)).status_code == 404


async def test_a_guessed_calendar_address_gives_nothing(town: Town) -> None:
    assert (await town.browser().get("/kalender/geraten.ics")).status_code == 404


async def test_no_more_than_five_calendar_addresses(anna: Browser) -> None:
    await anna.confirm()
    for _ in range(5):
        assert (await anna.post("/mein/fristen/kalender", "/mein/fristen")).status_code == 200
    assert (await anna.post("/mein/fristen/kalender", "/mein/fristen")).status_code == 409


@pytest.mark.parametrize(
    ("service", "shown"),
    [
        ("bewohnerparken", ("möglich ab 25.02.2027", "Verwaltungsgericht helfen (§ 75 VwGO)")),
        ("wohngeld", ("möglich ab 25.02.2027", "Verwaltungsgericht helfen (§ 75 VwGO)")),
        ("elterngeld", ("ohne festen Tag", "Auch das Sozialgericht kann helfen")),
        ("kindergeld", ("ohne festen Tag", "Auch das Finanzgericht kann helfen")),
    ],
)
async def test_a_slow_office_stands_there_with_its_court_and_no_invented_time(
    town: Town, anna: Browser, service: str, shown: tuple[str, str]
) -> None:
    await delivered_case(town.context, ANNA, service, "antrag")
    page = (await anna.get("/mein/fristen")).text
    check_page(page)
    assert "Noch keine Entscheidung" in page
    assert all(part in page for part in shown)


async def test_after_a_decision_no_office_counts_as_slow(town: Town, anna: Browser, office: Browser) -> None:
    case = await delivered_case(town.context, ANNA, "hundesteuer_anmelden", "antrag")
    assert "Noch keine Entscheidung" in (await anna.get("/mein/fristen")).text
    await decide(office, case, norm="ozg_9")
    assert "Noch keine Entscheidung" not in (await anna.get("/mein/fristen")).text
