"""Appointments on the pages: book, move, cancel, take home; nobody books a place twice."""

import re
from datetime import datetime, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select, update

from portal.schema.benachrichtigung import BenachrichtigungZeile
from portal.schema.komforteinwilligung import KomforteinwilligungZeile
from portal.services import fristenblatt, termine
from portal.services.terminkalender import DemoKalender, SlotTakenError
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.portal_town import Browser, Town
from tests.support.vorgaenge import delivered_case

ANNA = "00000000-0000-4000-8000-000000000001"
BERND = "00000000-0000-4000-8000-000000000002"
SEITE = "/leistungen/personalausweis/termin"


async def free(town: Town, service: str = "personalausweis", count: int = 5, **more):
    async with town.context.transaction() as session:
        return await termine.freie(town.context, session, service, hoechstens=count, **more)


async def book(town: Town, konto: str, fenster: str, service: str = "personalausweis"):
    async with town.context.transaction() as session:
        return await termine.buchen(town.context, session, konto, service, fenster)


async def booked_page(browser: Browser, fenster: str) -> str:
    answer = await browser.post(SEITE, SEITE, fenster=fenster)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("?")[0]


async def test_free_times_follow_the_hours_from_now_on(town: Town) -> None:
    found = await free(town, count=40)
    assert (
        found.slots[0].display == "Mittwoch, 25.11.2026, 8:00 Uhr"
    )  # Tuesday 10 o'clock plus two hours: closed
    thursday = [s.start.hour for s in found.slots if s.start.date().isoformat() == "2026-11-26"]
    assert {8, 11, 14, 17} <= set(thursday)
    assert 12 not in thursday
    assert all(s.start.weekday() < 5 for s in found.slots)


async def test_later_days_are_offered_and_end_after_eight_weeks(town: Town) -> None:
    found = await free(town, count=3)
    assert found.later_from == "2026-11-26"
    last = datetime.fromisoformat("2027-01-20").date()
    assert (await free(town, ab=last)).slots == []


async def test_the_page_shows_times_to_everybody_and_asks_to_log_in(town: Town) -> None:
    text = (await town.browser().get(SEITE)).text
    assert "8:00 Uhr" in text
    assert f"/anmelden?zurueck={SEITE}" in text
    assert "Demonstration: Die Termine sind erfunden" in text


async def test_from_booking_to_the_calendar_file_and_the_cancellation(town: Town) -> None:
    anna = await town.anna()
    first, second = (await free(town)).slots[:2]
    own = await booked_page(anna, first.id)
    assert first.display in (await anna.get(own)).text
    start = (await anna.get("/")).text
    assert "Ihre Termine" in start
    assert "morgen" in start
    assert "Termin gebucht" in (await anna.get("/mein/postfach")).text
    assert first.display in (await anna.get("/mein/fristen")).text

    moved = await anna.post(f"{own}/verlegen", own, fenster=second.id)
    assert moved.headers["location"] == f"{own}?meldung=verlegt"
    file = await anna.get(f"{own}/termin.ics")
    assert file.headers["content-type"].startswith("text/calendar")
    [event] = Calendar.from_ical(file.content).walk("VEVENT")
    assert event.decoded("dtstart") == second.start
    assert int(event["sequence"]) == 1
    assert event.walk("VALARM")

    cancelled = await anna.post(f"{own}/absagen", own)
    assert cancelled.status_code == 303
    assert "abgesagt" in (await anna.get("/mein/termine")).text
    assert "Ihre Termine" not in (await anna.get("/")).text
    [event] = Calendar.from_ical((await anna.get(f"{own}/termin.ics")).content).walk("VEVENT")
    assert event["status"] == "CANCELLED"
    assert [s.id for s in (await free(town)).slots[:2]] == [first.id, second.id]


async def test_a_second_appointment_for_the_same_service_is_refused(town: Town) -> None:
    anna = await town.anna()
    first, second = (await free(town)).slots[:2]
    csrf = await anna.csrf(SEITE)
    await booked_page(anna, first.id)
    answer = await anna.http.post(SEITE, data={"csrf": csrf, "fenster": second.id})
    assert answer.status_code == 409
    assert "schon einen Termin" in answer.text


async def test_a_full_time_is_offered_to_nobody_and_refused(town: Town) -> None:
    slot = (await free(town)).slots[0]
    for number in range(DemoKalender.PLAETZE):
        await book(town, f"konto-{number}", slot.id)
    assert slot.id not in [s.id for s in (await free(town)).slots]
    anna = await town.anna()
    answer = await anna.post(SEITE, SEITE, fenster=slot.id)
    assert answer.status_code == 409
    assert "nicht mehr frei" in answer.text
    assert "9:00 Uhr" in answer.text  # the page offers others at once


@pytest.mark.parametrize(
    "fenster",
    [
        "",
        "morgen",
        "20261123T0800Z",  # yesterday
        "20261125T0701Z",  # not on the grid
        "20261129T0800Z",  # Sunday
        "20261225T0800Z",  # Christmas
        "20270301T0800Z",  # too far ahead
    ],
)
async def test_what_nobody_offered_cannot_be_booked(town: Town, fenster: str) -> None:
    with pytest.raises(SlotTakenError):
        await book(town, ANNA, fenster)
    async with town.context.transaction() as session:
        assert await termine.liste(town.context, session, ANNA) == []


async def test_a_failed_move_keeps_the_old_appointment(town: Town) -> None:
    anna = await town.anna()
    first, second = (await free(town)).slots[:2]
    own = await booked_page(anna, first.id)
    for number in range(DemoKalender.PLAETZE):
        await book(town, f"konto-{number}", second.id)
    answer = await anna.post(f"{own}/verlegen", own, fenster=second.id)
    assert answer.status_code == 409
    assert f"<strong>{first.display}</strong>" in answer.text


async def test_what_is_over_cannot_be_changed_and_makes_room_for_a_new_one(town: Town) -> None:
    anna = await town.anna()
    own = await booked_page(anna, (await free(town)).slots[0].id)
    csrf = await anna.csrf("/mein")
    town.clock.forward(days=3)
    await anna.login("anna")
    csrf = await anna.csrf("/mein")
    assert (await anna.http.post(f"{own}/absagen", data={"csrf": csrf})).status_code == 409
    assert "vorbei" in (await anna.get("/mein/termine")).text
    await book(town, ANNA, (await free(town)).slots[0].id)


async def test_a_foreign_appointment_is_unknown(town: Town) -> None:
    own = (await book(town, BERND, (await free(town)).slots[0].id)).url
    anna = await town.anna()
    csrf = await anna.csrf("/mein")
    assert (await anna.get(own)).status_code == 404
    assert (await anna.get(f"{own}/termin.ics")).status_code == 404
    assert (await anna.http.post(f"{own}/absagen", data={"csrf": csrf})).status_code == 404


@pytest.mark.parametrize("service", ["kindergeld", "hundesteuer_anmelden"])
async def test_services_without_a_visit_have_no_appointments(town: Town, service: str) -> None:
    assert (await town.browser().get(f"/leistungen/{service}/termin")).status_code == 409
    assert "/termin" not in re.sub(
        r"/mein/termine", "", (await town.browser().get(f"/leistungen/{service}")).text
    )


async def test_every_service_with_a_needed_visit_offers_times_or_says_whom_to_call(town: Town) -> None:
    browser = town.browser()
    needed = [
        service
        for service in town.context.katalog.leistungen.values()
        if service.persoenlich and service.persoenlich.noetig
    ]
    assert len(needed) > 10
    for service in needed:
        office = town.context.katalog.stellen[service.stelle or ""]
        page = await browser.get(f"/leistungen/{service.id}/termin")
        assert page.status_code == 200, service.id
        assert ("Freie Zeiten" if office.oeffnungszeiten else "Behördennummer 115 an") in page.text, (
            service.id
        )
        linked = f"/leistungen/{service.id}/termin" in (await browser.get(f"/leistungen/{service.id}")).text
        assert linked is (office.oeffnungszeiten is not None), service.id


async def test_without_demo_no_calendar_is_invented(make_app) -> None:
    from tests.support.portal_town import MovingClock

    app = make_app(MovingClock(), demo=False)
    async with app.router.lifespan_context(app):
        answer = await Browser(app).get(SEITE)
        assert answer.status_code == 409
        assert "115" in answer.text


WUNSCH = "/leistungen/personalausweis/lieferung"
JA = {"anderer_ausweis": "ja", "gemeldet": "ja", "persoenlich": "ja", "einwilligung": "ja"}


@pytest.mark.parametrize("wish_first", [True, False])
async def test_the_office_sees_beside_the_appointment_how_to_hand_over(town: Town, wish_first: bool) -> None:
    anna, office = await town.anna(), await town.office("amt-buergercenter")
    slot = (await free(town)).slots[0].id

    async def wish() -> None:
        answer = await anna.post(WUNSCH, WUNSCH, **JA, vormerken="ja")
        assert answer.status_code == 303

    if wish_first:
        await wish()
        await booked_page(anna, slot)
    else:
        await booked_page(anna, slot)
        assert "Abholung" in (await office.get("/amt")).text
        await wish()
    inbox = (await office.get("/amt")).text
    check_page(inbox)
    assert "Lieferung nach Hause gewünscht am" in inbox
    assert "Beispiel" not in inbox.split('id="termine"')[1].split('id="anliegen"')[0]
    assert "Lieferung" not in (await (await town.office("amt-steuern")).get("/amt")).text
    log = (await anna.get("/mein/protokoll")).text
    assert log.count("Wunsch: Lieferung nach Hause") == 1
    await anna.post(WUNSCH, WUNSCH, vormerken="nein")
    assert "Abholung" in (await office.get("/amt")).text


async def test_the_wish_stands_in_a_case_of_the_office_too(town: Town) -> None:
    case = await delivered_case(town.context, ANNA, "personalausweis")
    anna, office = await town.anna(), await town.office("amt-buergercenter")
    path = f"/amt/vorgaenge/{case}"
    before = (await office.get(path)).text
    check_page(before)
    assert "Übergabe des Dokuments" in before
    assert "Abholung" in before
    await anna.post(WUNSCH, WUNSCH, **JA, vormerken="ja")
    assert "Lieferung nach Hause gewünscht am" in (await office.get(path)).text
    other = await delivered_case(town.context, ANNA)
    steuern = await town.office("amt-steuern")
    assert "Übergabe des Dokuments" not in (await steuern.get(f"/amt/vorgaenge/{other}")).text


async def test_unknown_hours_are_not_called_booked_up(town: Town) -> None:
    unknown = await free(town, "kirchenaustritt")
    assert (unknown.slots, unknown.hours_known) == ([], False)
    text = (await town.browser().get("/leistungen/kirchenaustritt/termin")).text
    assert "Hier sind keine Zeiten bekannt" in text
    text = (await town.browser().get(f"{SEITE}?ab=2027-06-01")).text
    assert "Gerade ist kein Termin frei" in text
    assert "keine Zeiten bekannt" not in text


async def reminded(town: Town) -> list[tuple[str, str]]:
    await fristenblatt.erinnern(town.context)
    async with town.context.transaction() as session:
        rows = await session.scalars(
            select(BenachrichtigungZeile).where(BenachrichtigungZeile.anlass == "termin_erinnerung")
        )
        return [(row.konto_id, row.verweis) for row in rows]


async def test_an_appointment_is_reminded_of_once_on_the_day_before(town: Town) -> None:
    moment = datetime.fromisoformat("2026-12-02T08:00:00+01:00")
    slot = next(one for one in (await free(town, ab=moment.date())).slots if one.start == moment)
    await book(town, ANNA, slot.id)
    town.clock.now = moment - timedelta(days=2)
    assert await reminded(town) == []
    town.clock.forward(days=1)
    assert await reminded(town) == [(ANNA, "/mein/termine")]
    assert await reminded(town) == [(ANNA, "/mein/termine")], "once"


async def test_a_moved_appointment_is_reminded_of_on_its_new_day_and_a_cancelled_one_never(
    town: Town,
) -> None:
    first = (await free(town, ab=datetime.fromisoformat("2026-12-02").date())).slots[0]
    later = (await free(town, ab=datetime.fromisoformat("2026-12-09").date())).slots[0]
    own = await book(town, ANNA, first.id)
    other = await book(town, BERND, later.id)
    async with town.context.transaction() as session:
        await termine.verlegen(town.context, session, ANNA, own.id, later.id)
        await termine.absagen(town.context, session, BERND, other.id)
    town.clock.now = first.start - timedelta(days=1)
    assert await reminded(town) == []
    town.clock.now = later.start - timedelta(hours=1)
    assert await reminded(town) == [(ANNA, "/mein/termine")], "the day before was missed: on the day itself"


async def test_without_her_consent_nobody_is_reminded_of_an_appointment(town: Town) -> None:
    slot = (await free(town, ab=datetime.fromisoformat("2026-12-02").date())).slots[0]
    await book(town, ANNA, slot.id)
    async with town.context.transaction() as session:
        await session.execute(update(KomforteinwilligungZeile).values(widerrufen_utc=town.clock()))
    town.clock.now = slot.start - timedelta(days=1)
    assert await reminded(town) == []
