"""Proving an identity: the way to the provider and back, and every way to cheat on it."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from portal.services import identitaet
from tests.support.portal_town import Browser, Town


async def go_to_provider(browser: Browser, zurueck: str = "/mein/daten") -> str:
    """Start the proof and give the id of the request."""
    answer = await browser.post("/identitaet/nachweis", "/identitaet/nachweis", zurueck=zurueck)
    assert answer.status_code == 303
    return parse_qs(urlsplit(answer.headers["location"]).query)["anfrage"][0]


async def confirm(browser: Browser, anfrage: str) -> str:
    """Identify oneself at the demonstration provider and give the address that it sends back to."""
    answer = await browser.http.post("/identitaet/demo", data={"anfrage": anfrage})
    return str(answer.headers["location"])


async def trust(browser: Browser) -> str:
    return str((await browser.get("/api/session")).json()["vertrauen"])


async def prove(browser: Browser, zurueck: str = "/mein/daten") -> httpx.Response:
    return await browser.get(await confirm(browser, await go_to_provider(browser, zurueck)))


async def test_the_proof_raises_the_trust_of_this_session_and_leads_back(town: Town) -> None:
    anna, elsewhere = await town.anna(), await town.anna()
    answer = await prove(anna)
    assert (answer.status_code, answer.headers["location"]) == (303, "/mein/daten")
    assert (await trust(anna), await trust(elsewhere)) == ("hoch", "niedrig")


async def test_the_provider_says_that_it_is_a_demonstration(town: Town) -> None:
    anna = await town.anna()
    page = await anna.get(f"/identitaet/demo?anfrage={await go_to_provider(anna)}")
    assert "Demonstration: kein echter Online-Ausweis" in page.text


async def test_no_personal_data_in_the_addresses_of_the_way(town: Town) -> None:
    anna = await town.anna()
    address = await confirm(anna, await go_to_provider(anna))
    claims = jwt.decode(
        parse_qs(urlsplit(address).query)["antwort"][0],
        identitaet.DemoEid(town.context.settings.signing_key)._key,
        algorithms=["HS256"],
    ).claims
    assert set(claims) == {"iss", "aud", "anfrage", "exp"}


async def test_an_answer_counts_once(town: Town) -> None:
    anna = await town.anna()
    address = await confirm(anna, await go_to_provider(anna))
    assert (await anna.get(address)).status_code == 303
    again = await anna.get(address)
    assert again.status_code == 403
    assert "ungültig oder abgelaufen" in again.text


async def test_an_answer_counts_only_in_the_session_that_asked(town: Town) -> None:
    anna, bernd = await town.anna(), await town.bernd()
    address = await confirm(anna, await go_to_provider(anna))
    assert (await bernd.get(address)).status_code == 403
    assert await trust(bernd) == "niedrig"


async def test_an_answer_without_a_session_leads_to_the_login(town: Town) -> None:
    anna = await town.anna()
    address = await confirm(anna, await go_to_provider(anna))
    answer = await town.browser().get(address)
    assert answer.headers["location"].startswith("/anmelden")


@pytest.mark.parametrize("late", [{"minutes": 3}, {"minutes": 20}])
async def test_an_old_answer_is_refused(town: Town, late: dict[str, float]) -> None:
    anna = await town.anna()
    address = await confirm(anna, await go_to_provider(anna))
    town.clock.forward(**late)
    assert (await anna.get(address)).status_code == 403
    assert await trust(anna) == "niedrig"


async def test_an_old_request_is_refused_even_with_a_new_answer(town: Town) -> None:
    anna = await town.anna()
    anfrage = await go_to_provider(anna)
    town.clock.forward(minutes=16)
    assert (await anna.get(await confirm(anna, anfrage))).status_code == 403


async def test_a_forged_answer_is_refused(town: Town) -> None:
    anna = await town.anna()
    claims = {
        "iss": "demo_eid",
        "aud": "amtslotse-portal",
        "anfrage": await go_to_provider(anna),
        "exp": 2**31,
    }
    forged = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("geraten" * 8))
    assert (await anna.get(f"/identitaet/rueckruf?antwort={forged}")).status_code == 403
    assert (await anna.get("/identitaet/rueckruf?antwort=unsinn")).status_code == 403
    assert (await anna.get(f"/identitaet/rueckruf?antwort={'x' * 5000}")).status_code == 422
    assert await trust(anna) == "niedrig"


async def test_an_invented_request_is_refused(town: Town) -> None:
    anna = await town.anna()
    assert (await anna.get(await confirm(anna, "ausgedacht"))).status_code == 403


async def test_the_proof_never_leads_elsewhere(town: Town) -> None:
    answer = await prove(await town.anna(), "https://boese.example/")
    assert answer.headers["location"] == "/mein"


async def test_nothing_of_the_demonstration_exists_outside_of_a_demo_town(town: Town) -> None:
    anna = await town.anna()
    anfrage = await go_to_provider(anna)
    settings = town.context.settings
    object.__setattr__(settings, "demo", False)
    assert (await anna.get(f"/identitaet/demo?anfrage={anfrage}")).status_code == 404
    assert (await anna.http.post("/identitaet/demo", data={"anfrage": anfrage})).status_code == 404
    assert "noch nicht eingerichtet" in (await anna.get("/identitaet/nachweis")).text
