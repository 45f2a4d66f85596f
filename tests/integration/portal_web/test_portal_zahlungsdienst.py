"""A productive payment service behind the common port: what it is told, what is believed of it, and that unknown stays unknown."""

import json
import re
from pathlib import Path

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import select

from portal.domain.zahlung import Stand
from portal.schema.zahlung import ErstattungZeile, ZahlungZeile
from portal.services import zahlung, zahlungsanbieter, zahlungsdienst
from portal.services.zahlungsanbieter import DemoAnbieter
from portal.services.zahlungsdienst import Zahlungsdienst
from portal.settings import ZahlungSetting
from tests.support.payment_bridge import KEY, SETTING, URL, Bridge
from tests.support.portal_town import ORIGIN, Browser, Town
from tests.support.vorgaenge import delivered_case

ANNA = "00000000-0000-4000-8000-000000000001"
CALLBACK = "/api/payments/callback/zahlungsdienst"


@pytest.fixture
def bridge(town: Town, monkeypatch: pytest.MonkeyPatch) -> Bridge:
    """No demo any more: fees are paid at the bridge."""
    object.__setattr__(town.context.settings, "demo", False)
    object.__setattr__(town.context.settings, "zahlung", SETTING)
    made = Bridge(town.clock, ORIGIN)
    monkeypatch.setattr(zahlungsdienst, "transport", made.transport)
    return made


@pytest.fixture
async def fee(town: Town, bridge: Bridge, anna: Browser) -> str:
    """The path of an open fee of 27,60 €."""
    case = await delivered_case(town.context, ANNA)
    office, path = await town.office("amt-steuern"), f"/amt/vorgaenge/{case}/gebuehr"
    asked = await office.post(
        path, path, text="Gebühr", betrag="27,60", art="bescheid", kassenzeichen="KZ-2026-1"
    )
    assert asked.status_code == 303, asked.text
    found = re.search(r"/mein/gebuehren/[0-9a-f-]{36}", (await anna.get("/mein/gebuehren")).text)
    assert found
    return found.group(0)


async def begun(anna: Browser, fee: str, bridge: Bridge) -> str:
    """Begin a payment; gives its id."""
    answer = await anna.post(f"{fee}/bezahlen", fee)
    assert answer.status_code == 200, answer.text
    (payment,) = bridge.payments
    assert f'href="https://kasse.test/seite/{payment}"' in answer.text
    return payment


async def told(town: Town, token: str) -> httpx.Response:
    return await town.browser().http.post(CALLBACK, json={"token": token})


async def state(town: Town) -> str:
    async with town.context.transaction() as session:
        return str((await session.scalars(select(ZahlungZeile.status))).one())


async def test_the_service_is_told_no_more_than_it_needs_and_its_signed_word_books_once(
    town: Town, anna: Browser, fee: str, bridge: Bridge
) -> None:
    payment = await begun(anna, fee, bridge)
    assert bridge.payments[payment] == {
        "kassenzeichen": "KZ-2026-1",
        "betrag_cent": 2760,
        "waehrung": "EUR",
        "zurueck": f"{ORIGIN}{fee}/zurueck",
        "meldung": f"{ORIGIN}{CALLBACK}",
        "stand": "INITIAL",
    }
    assert "Kasse der Teststadt" in (await anna.get("/mein/protokoll")).text
    bridge.payments[payment]["stand"] = "BOOKED"
    token = bridge.report(payment)
    for _ in range(2):
        assert (await told(town, token)).json() == {"status": "BOOKED"}
    assert "quittung.pdf" in (await anna.get(fee)).text


async def test_the_browsers_return_proves_nothing_and_unknown_stays_unknown(
    town: Town, anna: Browser, fee: str, bridge: Bridge
) -> None:
    payment = await begun(anna, fee, bridge)
    await anna.get(f"{fee}/zurueck?stand=BOOKED")
    assert await state(town) == Stand.INITIAL
    bridge.away = True
    town.clock.forward(minutes=3)
    assert await zahlung.abgleichen(town.context) == 0
    assert "Wir wissen noch nicht" in (await anna.get(fee)).text
    bridge.away, known = False, bridge.payments.pop(payment)
    assert await zahlung.abgleichen(town.context) == 0, "it knows nothing of it: still unknown"
    assert await state(town) == Stand.INITIAL
    bridge.payments[payment] = known | {"stand": "BOOKED"}
    assert await zahlung.abgleichen(town.context) == 1
    assert await state(town) == Stand.BOOKED


async def test_a_service_that_is_away_at_the_beginning_gets_the_same_payment_again(
    town: Town, anna: Browser, fee: str, bridge: Bridge
) -> None:
    bridge.away = True
    refused = await anna.post(f"{fee}/bezahlen", fee)
    assert (refused.status_code, "antwortet nicht" in refused.text) == (409, True)
    bridge.away = False
    payment = await begun(anna, fee, bridge)
    async with town.context.transaction() as session:
        assert list(await session.scalars(select(ZahlungZeile.id))) == [payment]


async def test_a_payment_page_without_tls_is_not_visited(
    town: Town, anna: Browser, fee: str, bridge: Bridge
) -> None:
    for page in ("http://kasse.test/seite", "javascript:alert(1)//"):
        bridge.page = page
        refused = await anna.post(f"{fee}/bezahlen", fee)
        assert (refused.status_code, page in refused.text) == (409, False)
    assert await state(town) == Stand.INITIAL


OTHER = ECKey.generate_key("P-256", {"kid": "kasse"}, private=True)


@pytest.mark.parametrize(
    "change",
    [
        {"key": OTHER},
        {"iss": "https://boese.test"},
        {"aud": "https://anderes-portal.test"},
        {"exp": 1},
        {"jti": None},
        {"stand": "PAID"},
        {"betrag_cent": "viel"},
    ],
    ids=["key", "issuer", "audience", "expired", "no id", "state", "amount"],
)
async def test_a_forged_report_books_nothing(
    town: Town, anna: Browser, fee: str, bridge: Bridge, change: dict[str, object]
) -> None:
    payment = await begun(anna, fee, bridge)
    token = bridge.report(payment, **({"stand": "BOOKED"} | change))  # type: ignore[arg-type]
    assert (await told(town, token)).status_code == 403
    assert await state(town) == Stand.INITIAL


async def test_no_signature_and_a_public_key_as_shared_secret_are_refused(
    town: Town, anna: Browser, fee: str, bridge: Bridge
) -> None:
    payment = await begun(anna, fee, bridge)
    claims = bridge.claims(payment) | {"stand": "BOOKED"}
    secret = OctKey.import_key(json.dumps(KEY.as_dict(private=False)))
    for token in ("eyJhbGciOiJub25lIn0.e30.", jwt.encode({"alg": "HS256"}, claims, secret)):
        assert (await told(town, token)).status_code == 403


@pytest.mark.parametrize(
    "change", [{"betrag_cent": 2761}, {"kassenzeichen": "KZ-2026-2"}], ids=["amount", "number"]
)
async def test_another_amount_or_number_is_for_a_human(
    town: Town, anna: Browser, fee: str, bridge: Bridge, change: dict[str, object]
) -> None:
    payment = await begun(anna, fee, bridge)
    assert (await told(town, bridge.report(payment, stand="BOOKED", **change))).status_code == 409  # type: ignore[arg-type]
    assert await state(town) == Stand.INITIAL


async def test_the_answer_about_another_payment_is_not_believed(
    town: Town, anna: Browser, fee: str, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = await begun(anna, fee, bridge)
    wrong = bridge.report(payment, zahlung="eine-andere", stand="BOOKED")
    monkeypatch.setattr(bridge, "report", lambda _: wrong)
    await anna.get(f"{fee}/zurueck")
    assert await state(town) == Stand.INITIAL


async def test_a_refund_goes_out_once_however_often_it_is_tried(
    town: Town, anna: Browser, fee: str, bridge: Bridge
) -> None:
    payment = await begun(anna, fee, bridge)
    bridge.payments[payment]["stand"] = "BOOKED"
    await told(town, bridge.report(payment))
    office, number = await town.office("amt-steuern"), fee.rsplit("/", 1)[1]
    await office.post(f"/amt/gebuehren/{number}/erstatten", "/amt", betrag="7,60", grund="zu viel")
    bridge.away = True
    assert await zahlung.abgleichen(town.context) == 0
    bridge.away = False
    assert await zahlung.abgleichen(town.context) == 1
    assert await zahlung.abgleichen(town.context) == 0
    async with town.context.transaction() as session:
        refund = (await session.scalars(select(ErstattungZeile))).one()
    assert bridge.refunds == {payment: {refund.id: 760}}
    assert refund.status == Stand.BOOKED


async def test_what_was_begun_at_another_provider_is_not_asked_here_and_not_reported_from_here(
    town: Town, anna: Browser, fee: str, bridge: Bridge
) -> None:
    payment = await begun(anna, fee, bridge)
    async with town.context.transaction() as session:
        (await session.scalars(select(ZahlungZeile))).one().anbieter = "demo"
    town.clock.forward(minutes=3)
    bridge.payments[payment]["stand"] = "BOOKED"
    bridge.calls.clear()
    assert await zahlung.abgleichen(town.context) == 0
    assert bridge.calls == []
    assert (await told(town, bridge.report(payment))).status_code == 404
    assert await state(town) == Stand.INITIAL


async def test_the_settings_choose_the_provider_and_a_demo_never_moves_money(town: Town) -> None:
    settings = town.context.settings
    object.__setattr__(settings, "zahlung", SETTING)
    assert isinstance(zahlungsanbieter.anbieter_von(town.context), DemoAnbieter)
    object.__setattr__(settings, "demo", False)
    assert isinstance(zahlungsanbieter.anbieter_von(town.context), Zahlungsdienst)
    object.__setattr__(settings, "zahlung", None)
    assert zahlungsanbieter.anbieter_von(town.context) is None


def test_the_service_is_named_by_settings_and_reached_by_tls(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text('{"keys": []}')
    named = {
        "AMTSLOTSE_PAYMENT_URL": f"{URL}/",
        "AMTSLOTSE_PAYMENT_TOKEN": "t",
        "AMTSLOTSE_PAYMENT_KEYS": str(keys),
    }
    assert ZahlungSetting.from_environment({}) is None
    assert ZahlungSetting.from_environment(named) == ZahlungSetting(URL, "t", "Zahlungsdienst", {"keys": []})
    with pytest.raises(ValueError, match="https"):
        ZahlungSetting.from_environment(named | {"AMTSLOTSE_PAYMENT_URL": "http://kasse.test"})
    del named["AMTSLOTSE_PAYMENT_TOKEN"]
    with pytest.raises(KeyError, match="TOKEN"):
        ZahlungSetting.from_environment(named)
