"""Fees: asked for, paid over a provider that is not always honest or well, given back, waived; home delivery."""

import asyncio
import dataclasses
import re

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import select

from portal.domain.zahlung import Lieferfragen, Stand, erstattbar, folgestand, lieferung_spricht_dagegen
from portal.errors import InvalidInputError
from portal.schema.zahlung import DemoKasseZeile, ErstattungZeile, ZahlungZeile
from portal.services import gebuehr, zahlung, zahlungsanbieter
from portal.services.zahlungsanbieter import DemoAnbieter
from portal.web.amt_gebuehr import betrag_cent
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.portal_town import Browser, Town
from tests.support.vorgaenge import delivered_case

ANNA = "00000000-0000-4000-8000-000000000001"
CALLBACK = "/api/payments/callback/demo"


async def charge(office: Browser, case: str, **values: object):
    """The office asks for a fee."""
    path = f"/amt/vorgaenge/{case}/gebuehr"
    return await office.post(path, path, **{"text": "Gebühr", "betrag": "27,60", "art": "bescheid"} | values)


@pytest.fixture
async def fee(office: Browser, anna: Browser, case: str) -> str:
    """The path of an open fee of 27,60 €."""
    assert (await charge(office, case)).headers["location"].endswith("?meldung=gebuehr")
    return re.search(r"/mein/gebuehren/[0-9a-f-]{36}", (await anna.get("/mein/gebuehren")).text).group(0)  # type: ignore[union-attr]


async def begin(anna: Browser, fee: str) -> str:
    """Begin a payment; gives the provider's number."""
    answer = await anna.post(f"{fee}/bezahlen", fee)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/bezahlen/demo?referenz=")


async def pays(town: Town, reference: str, outcome: str = "bezahlt") -> str:
    """Decide on the provider's page; gives the way back."""
    answer = await town.browser().http.post(
        "/bezahlen/demo", data={"referenz": reference, "ausgang": outcome}
    )
    assert answer.status_code == 303
    return answer.headers["location"]


async def report(town: Town, reference: str, stand: Stand | None = None, **changed: object) -> str:
    """What the provider signs of a payment, changed as told."""
    provider = DemoAnbieter(town.context)
    async with town.context.transaction() as session:
        row = await session.get_one(DemoKasseZeile, reference)
        if stand is not None:
            row.status = stand
        for name, value in changed.items():
            setattr(row, name, value)
        token = provider.unterschreiben(row)
        session.expunge(row)
    return token


async def send(town: Town, token: str):
    return await town.browser().http.post(CALLBACK, json={"token": token})


async def states(town: Town) -> list[str]:
    async with town.context.transaction() as session:
        return list(await session.scalars(select(ZahlungZeile.status).order_by(ZahlungZeile.angelegt_utc)))


async def test_one_overview_pay_receipt(
    town: Town, anna: Browser, office: Browser, case: str, fee: str
) -> None:
    page = (await anna.get(fee)).text
    check_page(page)
    assert "27,60 €" in page
    reference = await begin(anna, fee)
    check_page((await town.browser().get(f"/bezahlen/demo?referenz={reference}")).text)
    back = await pays(town, reference)
    assert (await anna.get(back)).headers["location"] == fee
    paid = (await anna.get(fee)).text
    check_page(paid)
    assert "Bezahlt am 24.11.2026" in paid
    assert (await anna.get(f"{fee}/quittung.pdf")).content.startswith(b"%PDF")
    assert "Bezahlt: Hundesteuer anmelden" in (await anna.get("/mein/postfach")).text
    shown = (await office.get(f"/amt/vorgaenge/{case}")).text
    check_page(shown)
    assert "bezahlt" in shown
    again = await anna.http.post(f"{fee}/bezahlen", data={"csrf": await anna.csrf("/mein")})
    assert again.status_code == 409


async def test_what_the_browser_says_on_its_return_counts_for_nothing(
    town: Town, anna: Browser, fee: str
) -> None:
    await begin(anna, fee)
    await anna.get(f"{fee}/zurueck?status=BOOKED&stand=BOOKED")
    page = (await anna.get(fee)).text
    assert "Wir wissen noch nicht, ob Ihre Zahlung angekommen ist" in page
    assert "Bezahlt am" not in page
    assert (await anna.get(f"{fee}/quittung.pdf")).status_code == 404
    assert await states(town) == ["INITIAL"]


async def test_unknown_stays_unknown_until_the_provider_knows(town: Town, anna: Browser, fee: str) -> None:
    reference = await begin(anna, fee)
    await pays(town, reference, "offen")
    for _ in range(3):
        town.clock.forward(minutes=10)
        await zahlung.abgleichen(town.context)
    assert await states(town) == ["INITIAL"]
    async with town.context.transaction() as session:
        (await session.get_one(DemoKasseZeile, reference)).status = Stand.BOOKED
    assert await zahlung.abgleichen(town.context) == 1
    assert await states(town) == ["BOOKED"]
    assert "Bezahlt am" in (await anna.get(fee)).text


async def test_a_provider_that_does_not_answer_leaves_it_unknown_and_one_payment(
    town: Town, anna: Browser, fee: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(DemoAnbieter, "beginnen", away)
        refused = await anna.post(f"{fee}/bezahlen", fee)
    assert (refused.status_code, "antwortet nicht" in refused.text) == (409, True)
    with monkeypatch.context() as patch:
        patch.setattr(DemoAnbieter, "fragen", away)
        town.clock.forward(minutes=5)
        assert await zahlung.abgleichen(town.context) == 0
    await begin(anna, fee)
    assert await states(town) == ["INITIAL"], "the same payment goes on"


async def test_a_report_sent_twice_or_many_times_at_once_pays_once(
    town: Town, anna: Browser, fee: str
) -> None:
    reference = await begin(anna, fee)
    token = await report(town, reference, Stand.BOOKED)
    answers = [await send(town, token), *await asyncio.gather(*(send(town, token) for _ in range(4)))]
    assert {(a.status_code, a.json()["status"]) for a in answers} == {(200, "BOOKED")}
    post = (await anna.get("/mein/postfach")).text
    assert post.count("Bezahlt: Hundesteuer anmelden") == 1


async def test_booked_stays_booked_whatever_comes_later(town: Town, anna: Browser, fee: str) -> None:
    reference = await begin(anna, fee)
    await send(town, await report(town, reference, Stand.BOOKED))
    for later in (Stand.FAILED, Stand.CANCELED, Stand.INITIAL):
        assert (await send(town, await report(town, reference, later))).json()["status"] == "BOOKED"
    assert "Bezahlt am" in (await anna.get(fee)).text


@pytest.mark.parametrize("changed", [{"betrag_cent": 1}, {"kassenzeichen": "DEMO-0000000000"}])
async def test_a_report_of_another_amount_books_nothing(
    town: Town, anna: Browser, fee: str, changed: dict[str, object]
) -> None:
    reference = await begin(anna, fee)
    assert (await send(town, await report(town, reference, Stand.BOOKED, **changed))).status_code == 409
    assert await states(town) == ["INITIAL"]


async def test_forged_and_stale_reports_change_nothing(town: Town, anna: Browser, fee: str) -> None:
    reference = await begin(anna, fee)
    good = await report(town, reference, Stand.BOOKED)
    claims = dict(jwt.decode(good, DemoAnbieter(town.context)._key, algorithms=["HS256"]).claims)
    other = OctKey.import_key(b"0" * 32)
    forged = [
        "",
        "x.y.z",
        good[:-4] + "AAAA",
        jwt.encode({"alg": "HS256"}, claims, other),
        jwt.encode({"alg": "HS256"}, claims | {"aud": "anderswo"}, DemoAnbieter(town.context)._key),
        jwt.encode({"alg": "HS256"}, claims | {"stand": "PAID"}, DemoAnbieter(town.context)._key),
    ]
    for token in forged:
        assert (await send(town, token)).status_code == 403, token
    town.clock.forward(minutes=6)
    assert (await send(town, good)).status_code == 403, "stale"
    assert await states(town) == ["INITIAL"]
    assert (
        await town.browser().http.post("/api/payments/callback/anderer", json={"token": good})
    ).status_code == 404


async def test_a_failed_payment_is_told_and_may_be_tried_again(town: Town, anna: Browser, fee: str) -> None:
    await pays(town, await begin(anna, fee), "abgelehnt")
    assert "Nicht bezahlt" in (await anna.get("/mein/postfach")).text
    await pays(town, await begin(anna, fee), "abgebrochen")
    await pays(town, await begin(anna, fee), "bezahlt")
    assert sorted(await states(town)) == ["BOOKED", "CANCELED", "FAILED"]


async def test_paid_twice_gives_the_second_one_back(town: Town, anna: Browser, fee: str) -> None:
    first = await begin(anna, fee)
    town.clock.forward(minutes=31)
    second = await begin(anna, fee)
    assert first != second
    await pays(town, first)
    await pays(town, second)
    assert "auf dem Weg zu Ihnen" in (await anna.get(fee)).text
    await zahlung.abgleichen(town.context)
    await zahlung.abgleichen(town.context)
    async with town.context.transaction() as session:
        book = await session.get_one(DemoKasseZeile, second)
        refunds = (await session.scalars(select(ErstattungZeile))).all()
    assert list(book.erstattungen.values()) == [2760]
    assert [(r.betrag_cent, r.status) for r in refunds] == [(2760, "BOOKED")]


async def test_an_office_gives_back_no_more_than_was_paid(
    town: Town, anna: Browser, office: Browser, case: str, fee: str
) -> None:
    await pays(town, await begin(anna, fee))
    path = f"/amt/gebuehren/{fee.rsplit('/', 1)[1]}/erstatten"
    page = f"/amt/vorgaenge/{case}"
    assert (await office.post(path, page, betrag="27,61", grund="zu viel")).status_code == 422
    assert (await office.post(path, page, betrag="7,60", grund=" ")).status_code == 422
    assert (await office.post(path, page, betrag="7,60", grund="zu viel verlangt")).status_code == 303
    assert (await office.post(path, page, betrag="20,01", grund="mehr")).status_code == 422
    foreign = await town.office("amt-buergercenter")
    stolen = await foreign.http.post(
        path, data={"csrf": await foreign.csrf("/amt"), "betrag": "1", "grund": "x"}
    )
    assert stolen.status_code == 404
    assert "zu viel verlangt" in (await anna.get(fee)).text
    assert "Erstattung: 7,60 €" in (await office.get(page)).text.split("Verlauf</h2>")[1]


async def test_an_exemption_needs_a_condition_of_the_catalogue_and_a_decision(
    town: Town, anna: Browser
) -> None:
    case = await delivered_case(town.context, ANNA, "personalausweis", "antrag")
    office = await town.office("amt-buergercenter")
    await charge(office, case, posten=["0", "3"], betrag="", text="")
    fee = re.search(r"/mein/gebuehren/[0-9a-f-]{36}", (await anna.get("/mein/gebuehren")).text).group(0)  # type: ignore[union-attr]
    page = (await anna.get(fee)).text
    assert "61,00 €" in page, "46 € and 15 € for the delivery"
    reason = re.search(r'name="grund" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]
    assert "§ 1 Abs. 6 PAuswGebV" in reason
    assert (await anna.post(f"{fee}/befreiung", fee, grund="weil ich will")).status_code == 422
    assert (await anna.post(f"{fee}/befreiung", fee, grund=reason)).status_code == 303
    assert "müssen Sie nicht bezahlen" in (await anna.get(fee)).text
    decide = f"/amt/gebuehren/{fee.rsplit('/', 1)[1]}/befreiung"
    assert (await office.post(decide, f"/amt/vorgaenge/{case}", entscheidung="vielleicht")).status_code == 422
    assert (await office.post(decide, f"/amt/vorgaenge/{case}", entscheidung="bewilligt")).status_code == 303
    assert "Erlassen" in (await anna.get(fee)).text
    assert "Befreiung bewilligt" in (await office.get(f"/amt/vorgaenge/{case}")).text.split("Verlauf</h2>")[1]
    assert (
        await anna.http.post(f"{fee}/bezahlen", data={"csrf": await anna.csrf("/mein")})
    ).status_code == 409


async def test_a_reduction_leaves_the_rest_to_pay_and_a_range_of_fees_is_no_exemption(
    town: Town, anna: Browser, office: Browser, fee: str
) -> None:
    assert "Befreiung" not in (await anna.get(fee)).text, "672 to 1,107 € for a dangerous dog exempts nobody"
    case = await delivered_case(town.context, ANNA, "personalausweis", "antrag")
    counter = await town.office("amt-buergercenter")
    await charge(counter, case, posten=["0"], betrag="", text="")
    found = re.findall(r"/mein/gebuehren/[0-9a-f-]{36}", (await anna.get("/mein/gebuehren")).text)
    reduced = next(one for one in found if one != fee)
    reason = re.search(r'name="grund" value="([^"]+)"', (await anna.get(reduced)).text).group(1)  # type: ignore[union-attr]
    await anna.post(f"{reduced}/befreiung", reduced, grund=reason)
    decide, page = f"/amt/gebuehren/{reduced.rsplit('/', 1)[1]}/befreiung", f"/amt/vorgaenge/{case}"
    for wrong in ("", "0", "46", "viel"):
        answer = await counter.post(decide, page, entscheidung="ermaessigt", betrag=wrong)
        assert answer.status_code == 422, wrong
    assert (await counter.post(decide, page, entscheidung="ermaessigt", betrag="10")).status_code == 303
    assert (await counter.post(decide, page, entscheidung="bewilligt")).status_code == 409
    shown = (await anna.get(reduced)).text
    assert "Zu bezahlen sind noch 10,00 €" in shown
    assert "−36,00 €" in shown
    await pays(town, await begin(anna, reduced))
    assert "bezahlt" in (await anna.get(reduced)).text.lower()
    async with town.context.transaction() as session:
        (done,) = [one for one in await gebuehr.liste(town.context, session, ANNA) if one.vorgang_id == case]
    assert (done.status, done.bezahlt_cent) == ("bezahlt", 1000)


async def test_fees_with_a_mistake_come_back(town: Town, office: Browser, case: str) -> None:
    await charge(office, case, kassenzeichen="KZ-000001")
    for values in (
        {"betrag": ""},
        {"betrag": "0"},
        {"betrag": "-5"},
        {"betrag": "viel"},
        {"betrag": "1234567"},
        {"art": "spende"},
        {"faellig": "2026-11-01"},
        {"faellig": "bald"},
        {"kassenzeichen": "a b"},
        {"kassenzeichen": "KZ-000001"},
    ):
        answer = await charge(office, case, **values)
        assert answer.status_code == 422, values
    async with town.context.transaction() as session:
        assert len(await gebuehr.liste(town.context, session, ANNA)) == 1


async def test_a_foreign_citizen_neither_sees_nor_pays(town: Town, fee: str) -> None:
    bernd = await town.bernd()
    csrf = await bernd.csrf("/mein")
    for path in (fee, f"{fee}/zurueck", f"{fee}/quittung.pdf"):
        assert (await bernd.get(path)).status_code == 404
    for path in (f"{fee}/bezahlen", f"{fee}/befreiung"):
        assert (await bernd.http.post(path, data={"csrf": csrf})).status_code == 404


async def test_without_the_csrf_token_nothing_is_begun(town: Town, anna: Browser, fee: str) -> None:
    assert (await anna.http.post(f"{fee}/bezahlen", data={})).status_code == 403
    assert await states(town) == []


async def test_home_delivery_is_offered_after_its_conditions_were_asked(town: Town, anna: Browser) -> None:
    path = "/leistungen/personalausweis/lieferung"
    yes = {"anderer_ausweis": "ja", "gemeldet": "ja", "persoenlich": "ja", "einwilligung": "ja"}
    before = (await anna.get(path)).text
    check_page(before)
    assert "15 €" not in before
    for missing in yes:
        refused = await anna.post(path, path, **yes | {missing: "nein"}, vormerken="ja")
        assert (refused.status_code, "So ist die Lieferung nicht möglich" in refused.text) == (409, True)
    offered = await anna.post(path, path, **yes)
    check_page(offered.text)
    assert "zusätzlich 15 € für die Lieferung nach Hause" in offered.text
    await anna.post(path, path, **yes, vormerken="ja")
    assert "Ihr Wunsch ist vorgemerkt" in (await anna.get(path)).text
    await anna.post(path, path, vormerken="nein")
    assert "Ihr Wunsch ist vorgemerkt" not in (await anna.get(path)).text
    assert (await anna.get("/leistungen/wohngeld/lieferung")).status_code == 404


def test_the_rules_of_payments() -> None:
    for before in Stand:
        assert folgestand(before, Stand.INITIAL) == before
        assert folgestand(Stand.BOOKED, before) == Stand.BOOKED
    assert folgestand(Stand.FAILED, Stand.BOOKED) == Stand.BOOKED, "late money is money"
    assert erstattbar(100, 40, 60)
    assert not any((erstattbar(100, 40, 61), erstattbar(100, 0, 0), erstattbar(100, 0, -1)))
    assert lieferung_spricht_dagegen(Lieferfragen(True, True, True, True)) == ()
    assert len(lieferung_spricht_dagegen(Lieferfragen())) == len(dataclasses.fields(Lieferfragen))


@pytest.mark.parametrize(
    ("text", "cents"), [("27,60", 2760), ("1.234,5", 123450), ("46 €", 4600), ("0,05", 5)]
)
def test_amounts_as_people_write_them(text: str, cents: int) -> None:
    assert betrag_cent(text) == cents


@pytest.mark.parametrize("text", ["", "1,234", "1e3", "-1", "10 Euro 5", "²"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(InvalidInputError):
        betrag_cent(text)


def test_without_a_demo_there_is_no_provider(town: Town) -> None:
    off = dataclasses.replace(town.context, settings=dataclasses.replace(town.context.settings, demo=False))
    assert zahlungsanbieter.anbieter_von(off) is None
