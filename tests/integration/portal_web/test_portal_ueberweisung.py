"""Fees by bank transfer: what the citizen needs, what the office enters, and what must not be booked."""

import re

import pytest
from segno.helpers import make_epc_qr

from portal.services import gebuehr, ueberweisung, zahlung
from portal.settings import kassen_iban
from portal.web.render import girocode
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.portal_town import Browser, Town
from tests.support.vorgaenge import delivered_case

ANNA = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
async def fee(town: Town, office: Browser, anna: Browser) -> str:
    """The path of an open fee of 27,60 €."""
    case = await delivered_case(town.context, ANNA)
    path = f"/amt/vorgaenge/{case}/gebuehr"
    await office.post(path, path, text="Gebühr", betrag="27,60", art="bescheid")
    found = re.search(r"/mein/gebuehren/[0-9a-f-]{36}", (await anna.get("/mein/gebuehren")).text)
    assert found
    return found[0]


async def enter(office: Browser, fee: str, betrag: str = "27,60", am: str = "2026-11-24"):  # type: ignore[no-untyped-def]
    path = f"/amt/gebuehren/{fee.rpartition('/')[2]}/eingang"
    return await office.post(path, "/amt", betrag=betrag, am=am)


async def stored(town: Town) -> gebuehr.Gebuehr:
    async with town.context.transaction() as session:
        (one,) = await gebuehr.liste(town.context, session, ANNA)
    return one


async def test_the_page_shows_account_purpose_and_a_code_for_banking_apps(
    town: Town, anna: Browser, fee: str
) -> None:
    page = (await anna.get(fee)).text
    check_page(page)
    number = (await stored(town)).kassenzeichen
    for told in ("DE36 0000 0000 0000 0000 00", "27,60 €", number, "Dieses Konto gibt es nicht"):
        assert told in page
    account = ueberweisung.kassenkonto(town.context)
    assert account is not None
    expected = make_epc_qr(account.inhaber, account.iban, 27.6, text=number)
    assert str(girocode(account, 2760, number)) == expected.svg_inline(scale=4, border=4, light="#fff")
    assert expected.svg_inline(scale=4, border=4, light="#fff") in page


async def test_what_came_in_is_entered_once_and_she_hears_of_it(
    town: Town, anna: Browser, office: Browser, fee: str
) -> None:
    done = await enter(office, fee)
    assert done.headers["location"].endswith("?meldung=eingang")
    check_page((await office.get(done.headers["location"])).text)
    assert "Bezahlt am 24.11.2026" in (await anna.get(fee)).text
    assert (await anna.get(f"{fee}/quittung.pdf")).content.startswith(b"%PDF")
    assert (await enter(office, fee)).status_code == 409
    assert (await stored(town)).erstattungen == []


@pytest.mark.parametrize(
    ("betrag", "am", "status"),
    [
        ("27,59", "2026-11-24", 409),
        ("276,00", "2026-11-24", 409),
        ("27,60", "2026-11-25", 422),
        ("27,60", "2026-11-23", 422),
        ("27,60", "", 422),
        ("27,60", "heute", 422),
        ("viel", "2026-11-24", 422),
    ],
)
async def test_what_does_not_fit_is_not_booked(
    town: Town, office: Browser, fee: str, betrag: str, am: str, status: int
) -> None:
    assert (await enter(office, fee, betrag, am)).status_code == status
    assert (await stored(town)).status == "offen"


async def test_paid_twice_goes_back_by_the_hand_of_the_office(
    town: Town, anna: Browser, office: Browser, fee: str
) -> None:
    begun = (await anna.post(f"{fee}/bezahlen", fee)).headers["location"]
    reference = begun.removeprefix("/bezahlen/demo?referenz=")
    await town.browser().http.post("/bezahlen/demo", data={"referenz": reference, "ausgang": "bezahlt"})
    assert (await stored(town)).status == "bezahlt"
    case = (await enter(office, fee)).headers["location"].partition("?")[0]
    (refund,) = (await stored(town)).erstattungen
    assert (refund.betrag_cent, refund.von_hand, refund.erledigt) == (2760, True, None)
    await zahlung.abgleichen(town.context)
    assert (await stored(town)).erstattungen[0].erledigt is None, "no provider gives this money back"
    path = f"/amt/erstattungen/{refund.id}/ueberwiesen"
    stranger = await town.office("amt-buergercenter")
    assert (await stranger.post(path, "/amt")).status_code == 404
    check_page((await office.get(case)).text)
    assert (await office.post(path, case)).headers["location"] == f"{case}?meldung=erstattet"
    assert (await stored(town)).erstattungen[0].erledigt is not None


async def test_another_office_enters_nothing_and_without_csrf_nobody_does(
    town: Town, office: Browser, fee: str
) -> None:
    stranger = await town.office("amt-buergercenter")
    assert (await enter(stranger, fee)).status_code == 404
    path = f"/amt/gebuehren/{fee.rpartition('/')[2]}/eingang"
    refused = await office.http.post(path, data={"betrag": "27,60", "am": "2026-11-24"})
    assert refused.status_code == 403
    assert (await stored(town)).status == "offen"


def test_a_wrong_account_stops_the_start() -> None:
    assert kassen_iban("DE36 0000 0000 0000 0000 00") == "DE36000000000000000000"
    assert kassen_iban("") == ""
    with pytest.raises(ValueError, match=r"."):
        kassen_iban("DE37 0000 0000 0000 0000 00")
