"""Second factors, step-up and lock, as a citizen meets them, and the ways to cheat on them."""

import re

import pyotp
import pytest
from sqlalchemy import select

from portal.demo import DEMO_RETTUNGSCODES, DEMO_TOTP
from portal.schema.benachrichtigung import BenachrichtigungZeile, DemoAusgangZeile
from portal.schema.sitzung import SitzungRow
from portal.schema.zugang import AnmeldungRow, ZweitfaktorRow
from portal.services import zugangspflege
from portal.web.auth import CITIZEN_COOKIE, DEVICE_COOKIE, STAFF_COOKIE
from tests.support.portal_town import Browser, Town

CLARA = "00000000-0000-4000-8000-000000000003"
SCHRITT = "/anmelden/bestaetigen"
SEITE = "/mein/sicherheit"


async def notices(town: Town, konto_id: str = CLARA) -> list[BenachrichtigungZeile]:
    async with town.context.transaction() as session:
        return list(
            await session.scalars(
                select(BenachrichtigungZeile).where(BenachrichtigungZeile.konto_id == konto_id)
            )
        )


async def clara(town: Town) -> Browser:
    browser = town.browser()
    assert (await browser.login("clara")).status_code == 303
    assert CITIZEN_COOKIE in browser.http.cookies
    return browser


async def with_password_only(town: Town) -> Browser:
    """Clara's password was right on a new device; the second factor is still missing."""
    browser = town.browser()
    answer = await browser.post("/anmelden", "/anmelden", name="clara", passwort="demo-amtslotse-2026")
    assert answer.headers["location"] == SCHRITT
    return browser


async def test_an_unknown_device_needs_the_second_factor_and_a_known_one_does_not(town: Town) -> None:
    first = await clara(town)
    await first.post("/abmelden", "/mein")
    again = await first.post("/anmelden", "/anmelden", name="clara", passwort="demo-amtslotse-2026")
    assert again.headers["location"] == "/mein"


async def test_the_password_alone_opens_nothing(town: Town) -> None:
    browser = await with_password_only(town)
    assert CITIZEN_COOKIE not in browser.http.cookies
    assert (await browser.get("/mein")).status_code == 303
    browser.http.cookies.set(CITIZEN_COOKIE, browser.http.cookies["amtslotse_anmeldung"])
    assert (await browser.get("/mein")).status_code == 303


async def test_a_used_code_is_refused_everywhere(town: Town) -> None:
    code = pyotp.TOTP(DEMO_TOTP).at(town.clock.now)
    one, two = await with_password_only(town), await with_password_only(town)
    assert (await one.post(SCHRITT, SCHRITT, code=code)).status_code == 303
    refused = await two.post(SCHRITT, SCHRITT, code=code)
    assert refused.status_code == 401
    assert "schon benutzt" in refused.text
    earlier = pyotp.TOTP(DEMO_TOTP).at(town.clock.now, counter_offset=-1)
    assert (await two.post(SCHRITT, SCHRITT, code=earlier)).status_code == 401


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 303), (1, 303), (2, 401)])
async def test_one_step_of_the_clock_is_forgiven(town: Town, steps: int, status: int) -> None:
    browser = await with_password_only(town)
    code = pyotp.TOTP(DEMO_TOTP).at(town.clock.now, counter_offset=steps)
    assert (await browser.post(SCHRITT, SCHRITT, code=code)).status_code == status


async def test_guessing_codes_is_slowed_down(town: Town) -> None:
    browser = await with_password_only(town)
    for number in range(5):
        assert (await browser.post(SCHRITT, SCHRITT, code=f"00000{number}")).status_code == 401
    right = pyotp.TOTP(DEMO_TOTP).at(town.clock.now)
    assert (await browser.post(SCHRITT, SCHRITT, code=right)).status_code == 429


async def test_a_login_under_way_ends_after_ten_minutes(town: Town) -> None:
    browser = await with_password_only(town)
    csrf = await browser.csrf(SCHRITT)
    town.clock.forward(minutes=10)
    code = pyotp.TOTP(DEMO_TOTP).at(town.clock.now)
    answer = await browser.http.post(SCHRITT, data={"csrf": csrf, "code": code})
    assert answer.status_code == 401
    assert CITIZEN_COOKIE not in answer.cookies


async def test_the_second_step_needs_its_own_csrf_token(town: Town) -> None:
    browser = await with_password_only(town)
    code = pyotp.TOTP(DEMO_TOTP).at(town.clock.now)
    assert (await browser.http.post(SCHRITT, data={"csrf": "0" * 64, "code": code})).status_code == 403


async def test_a_planted_cookie_is_no_session_after_the_login(town: Town) -> None:
    browser = town.browser()
    browser.http.cookies.set(CITIZEN_COOKIE, "vom-angreifer-gesetzt")
    answer = await browser.login("clara")
    assert answer.cookies[CITIZEN_COOKIE] != "vom-angreifer-gesetzt"
    thief = town.browser()
    thief.http.cookies.set(CITIZEN_COOKIE, "vom-angreifer-gesetzt")
    assert (await thief.get("/mein")).status_code == 303


async def test_a_new_device_is_told_to_the_citizen_with_a_link_that_locks(town: Town) -> None:
    await clara(town)
    assert await notices(town) == []
    await with_password_only(town)
    (notice,) = await notices(town)
    assert notice.anlass == "neue_anmeldung"
    stranger = town.browser()
    assert "Es ist noch nichts geschehen" in (await stranger.get(str(notice.verweis))).text


async def test_a_recovery_code_counts_once(town: Town) -> None:
    one, two = await with_password_only(town), await with_password_only(town)
    assert (await one.post(SCHRITT, SCHRITT, code=DEMO_RETTUNGSCODES[0].lower())).status_code == 303
    assert (await two.post(SCHRITT, SCHRITT, code=DEMO_RETTUNGSCODES[0])).status_code == 401


async def test_secrets_and_codes_are_not_readable_in_the_database(town: Town) -> None:
    await clara(town)
    content = b"".join(path.read_bytes() for path in town.folder.glob("portal.db*"))
    assert DEMO_TOTP.encode() not in content
    for code in DEMO_RETTUNGSCODES:
        assert code.encode() not in content
        assert code.replace("-", "").encode() not in content


async def test_setting_up_an_app_needs_the_password_and_a_right_code(town: Town) -> None:
    anna = await town.anna()
    assert (await anna.post(f"{SEITE}/app", SEITE, passwort="falsch")).status_code == 401
    await anna.post(f"{SEITE}/app", SEITE, passwort="demo-amtslotse-2026")
    page = (await anna.get(f"{SEITE}/app")).text
    assert "<svg" in page
    found = re.search(r"secret=([A-Z2-7]+)", page)
    assert found
    app = pyotp.TOTP(found[1])
    wrong = await anna.post(f"{SEITE}/app/bestaetigen", f"{SEITE}/app", code="000000")
    assert wrong.status_code == 401
    right = await anna.post(
        f"{SEITE}/app/bestaetigen", f"{SEITE}/app", code=app.at(town.clock.now), name="Mein Telefon"
    )
    assert right.headers["location"] == f"{SEITE}?meldung=app"
    assert "Mein Telefon" in (await anna.get(SEITE)).text


async def test_codes_by_sms(town: Town) -> None:
    anna = await town.anna()
    await anna.post(f"{SEITE}/sms", SEITE, nummer="0151 5550100", passwort="demo-amtslotse-2026")
    async with town.context.transaction() as session:
        (sms,) = await session.scalars(select(DemoAusgangZeile))
    found = re.search(r"\d{6}", sms.inhalt["text"])
    assert found
    done = await anna.post(f"{SEITE}/sms/bestaetigen", SEITE, code=found[0])
    assert done.headers["location"] == f"{SEITE}?meldung=sms"
    assert "Nummer endet auf 00" in (await anna.get(SEITE)).text
    stranger = await town.bernd()
    assert (await stranger.post("/mein/bestaetigen", SEITE, code=found[0])).status_code == 401


async def test_a_form_waits_until_the_citizen_has_confirmed(town: Town) -> None:
    clara_ = await clara(town)
    town.clock.forward(minutes=11)
    asked = await clara_.post(
        f"{SEITE}/passwort", SEITE, altes="demo-amtslotse-2026", neues="ein langer Satz 1"
    )
    page = asked.headers["location"]
    assert page.startswith("/mein/bestaetigen?formular=")
    number = page.partition("=")[2]
    await clara_.post("/mein/bestaetigen", page, code=clara_.phone.code("clara"), formular=number)
    waiting = (await clara_.get(page)).text
    assert 'value="ein langer Satz 1"' in waiting
    assert (await town.bernd()).http.cookies
    assert "ein langer Satz" not in (await (await town.bernd()).get(page)).text


async def test_confirming_lasts_ten_minutes(town: Town) -> None:
    browser = await clara(town)
    for minutes, where in ((9, None), (2, "/mein/bestaetigen")):
        town.clock.forward(minutes=minutes)
        answer = await browser.post(f"{SEITE}/rettungscodes", SEITE)
        assert answer.headers.get("location", "").startswith(where or "")
        assert (answer.status_code == 200) == (where is None)


async def test_a_stolen_cookie_is_worth_nothing_after_the_lock(town: Town) -> None:
    browser = await clara(town)
    stolen = town.browser()
    stolen.http.cookies.set(CITIZEN_COOKIE, browser.http.cookies[CITIZEN_COOKIE])
    csrf = (await stolen.get("/api/session")).json()["csrf"]
    token = (await stolen.http.post("/api/session/token", headers={"X-CSRF-Token": csrf})).json()["token"]
    await browser.post(f"{SEITE}/sperren", f"{SEITE}/sperren")
    assert (await stolen.get("/api/session")).json()["angemeldet"] is False
    assert (await stolen.http.post("/mein/sicherheit/app", data={"csrf": csrf})).status_code == 303
    refused = await stolen.http.post("/api/dokumente", headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 401
    assert [n.anlass for n in await notices(town)] == ["konto_gesperrt"]


async def test_a_locked_account_opens_with_a_recovery_code_only_not_with_the_app(town: Town) -> None:
    browser = await clara(town)
    await browser.post(f"{SEITE}/sperren", f"{SEITE}/sperren")
    assert (await browser.login("clara")).headers["location"] == "/konto/entsperren"
    app = pyotp.TOTP(DEMO_TOTP).at(town.clock.now, counter_offset=1)
    page = "/konto/entsperren"
    assert (await browser.post(page, page, code=app)).status_code == 401
    direct = await browser.http.post(SCHRITT, data={"csrf": await browser.csrf(page), "code": app})
    assert direct.status_code == 401
    opened = await browser.post(page, page, code=DEMO_RETTUNGSCODES[0])
    assert opened.headers["location"] == SEITE
    assert (await browser.get(SEITE)).status_code == 200


async def test_the_link_of_the_warning_locks_only_when_a_button_is_pressed(town: Town) -> None:
    browser = await clara(town)
    await with_password_only(town)
    link = str((await notices(town))[0].verweis)
    scanner = town.browser()
    for _ in range(3):
        assert (await scanner.get(link)).status_code == 200
    assert (await browser.get("/mein")).status_code == 200
    assert (await scanner.http.post(link, data={"csrf": "x"})).status_code == 403
    assert (await browser.get("/mein")).status_code == 200
    assert (await scanner.post(link, link)).headers["location"] == "/konto/gesperrt"
    assert (await browser.get("/mein")).status_code == 303
    assert "gilt nicht mehr" in (await scanner.get("/konto/sperren/ausgedacht")).text


async def test_sessions_are_listed_coarsely_and_can_be_ended(town: Town) -> None:
    here = await clara(town)
    there = town.browser()
    there.http.headers["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0) Gecko Firefox/140.0"
    await there.login("clara")
    page = (await here.get(SEITE)).text
    assert "Firefox, Windows" in page
    assert "127.0.0.1" not in page
    found = re.search(r"anmeldungen/([0-9a-f-]{36})/beenden", page)
    assert found
    await here.post(f"{SEITE}/anmeldungen/{found[1]}/beenden", SEITE)
    assert (await there.get("/mein")).status_code == 303
    assert (await here.get("/mein")).status_code == 200


async def test_neither_address_nor_device_value_is_stored(town: Town) -> None:
    browser = await clara(town)
    device = browser.http.cookies[DEVICE_COOKIE]
    async with town.context.transaction() as session:
        kept = [row.herkunft for row in await session.scalars(select(SitzungRow))]
    assert "127.0.0.1" not in str(kept)
    content = b"".join(path.read_bytes() for path in town.folder.glob("portal.db*"))
    assert device.encode() not in content


async def test_staff_need_the_second_factor_even_on_a_known_device(town: Town) -> None:
    office = await town.office("konsole-1")
    fields = {"name": "konsole-1", "passwort": "demo-amtslotse-2026"}
    answer = await office.post("/amt/anmelden", "/amt/anmelden", **fields)
    assert answer.headers["location"] == "/amt/anmelden/bestaetigen"


async def test_staff_without_a_factor_set_one_up_before_they_get_in(town: Town) -> None:
    async with town.context.transaction() as session:
        for row in await session.scalars(
            select(ZweitfaktorRow).where(ZweitfaktorRow.personal_id.is_not(None))
        ):
            await session.delete(row)
    browser = town.browser()
    step = "/amt/anmelden/bestaetigen"
    fields = {"name": "konsole-1", "passwort": "demo-amtslotse-2026"}
    await browser.post("/amt/anmelden", "/amt/anmelden", **fields)
    assert STAFF_COOKIE not in browser.http.cookies
    found = re.search(r"secret=([A-Z2-7]+)", (await browser.get(step)).text)
    assert found
    done = await browser.post(step, step, code=pyotp.TOTP(found[1]).at(town.clock.now))
    assert done.headers["location"] == "/konsole"
    assert STAFF_COOKIE in browser.http.cookies


async def test_a_citizens_login_under_way_is_none_of_the_staffs(town: Town) -> None:
    browser = await with_password_only(town)
    secret = browser.http.cookies["amtslotse_anmeldung"]
    browser.http.cookies.set("amtslotse_amt_anmeldung", secret)
    assert (await browser.get("/amt/anmelden/bestaetigen")).status_code == 401
    async with town.context.transaction() as session:
        assert len(list(await session.scalars(select(AnmeldungRow)))) == 1


async def test_what_logging_in_leaves_behind_does_not_stay(town: Town) -> None:
    await with_password_only(town)
    browser = await clara(town)
    await zugangspflege.aufraeumen(town.context)
    assert (await browser.get("/mein")).status_code == 200
    town.clock.forward(days=9)
    await zugangspflege.aufraeumen(town.context)
    async with town.context.transaction() as session:
        assert await session.scalar(select(AnmeldungRow.id)) is None
        assert await session.scalar(select(SitzungRow.id)) is not None
    town.clock.forward(days=31)
    await zugangspflege.aufraeumen(town.context)
    async with town.context.transaction() as session:
        assert await session.scalar(select(SitzungRow.id)) is None
