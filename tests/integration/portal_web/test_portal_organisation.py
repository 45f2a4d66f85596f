"""Companies come through the Organisationskonto: a provider behind the common port, and every way to cheat on it."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import select

from portal.schema.benachrichtigung import BenachrichtigungZeile
from portal.services import anbieter_oidc
from portal.settings import OidcSetting, PortalSettings, demo_oidc, demo_organisation
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.portal_town import ORIGIN, Browser, Town

PAGE = "/mein/vertretungen"
START = f"{PAGE}/organisation/demo-organisation"
KEY = ECKey.generate_key("P-256", {"kid": "o"}, private=True)


@pytest.fixture(autouse=True)
def providers(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's provider with both of its clients, on the portal's own origin."""
    object.__setattr__(town.context.settings, "oidc", (demo_oidc(ORIGIN), demo_organisation(ORIGIN)))
    monkeypatch.setattr(anbieter_oidc, "transport", lambda: httpx.ASGITransport(town.app))


async def confirmed(town: Town) -> Browser:
    anna = await town.anna()
    await anna.confirm()
    return anna


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


async def answered(browser: Browser, company: str = "musterbau") -> str:
    """Go to the demo's Organisationskonto and choose a company; gives the address that it sends back to."""
    there = (await browser.get(START)).headers["location"]
    shown = (await browser.get(there)).text
    check_page(shown)
    assert "Für welche Firma handeln Sie?" in shown
    assert "Dora" not in shown
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', shown))
    chosen = await browser.http.post("/demo/oidc/authorize", data=fields | {"person": company})
    return str(chosen.headers["location"])


async def test_the_whole_way_there_and_back_makes_a_power(town: Town) -> None:
    anna = await confirmed(town)
    assert f'href="{START}"' in (await anna.get(PAGE)).text
    back = await anna.get(await answered(anna))
    assert back.headers["location"] == f"{PAGE}?meldung=gespeichert"
    shown = (await anna.get(PAGE)).text
    check_page(shown)
    assert "Musterbau GmbH" in shown
    assert "Organisationskonto der Demonstration, Kennung DEMO-0001" in shown
    assert "Sie handeln für Musterbau GmbH" in (await anna.get("/mein/protokoll")).text
    async with town.context.transaction() as session:
        told = list(await session.scalars(select(BenachrichtigungZeile.verweis)))
    assert [one for one in told if (one or "").startswith("/konto/sperren/")], "a link that locks"
    draft = await anna.open_draft("gewerbe_anmelden")
    power = re.search(r'<option value="([0-9a-f-]{36})">Musterbau GmbH', (await anna.get(draft)).text)
    assert power
    assert (await anna.change(draft, "vertretung", vertretung_id=power.group(1))).status_code == 303


async def test_a_second_confirmation_takes_the_place_of_the_first(town: Town) -> None:
    anna = await confirmed(town)
    for company in ("musterbau", "musterbau", "probebaeckerei"):
        assert (await anna.get(await answered(anna, company))).status_code == 303
    shown = (await anna.get(PAGE)).text
    assert shown.count("/beenden") == 2
    assert shown.count("Diese Vertretung ist beendet") == 1
    town.clock.forward(days=366)
    later = (await (await town.anna()).get(PAGE)).text
    assert later.count("Diese Vertretung ist abgelaufen") == 2


async def test_it_starts_only_after_the_second_factor(town: Town) -> None:
    anna = await town.anna()
    answer = await anna.get(START)
    assert answer.headers["location"].startswith("/mein/bestaetigen")


async def test_an_answer_counts_once_and_only_in_the_session_that_asked(town: Town) -> None:
    anna = await confirmed(town)
    bernd = await town.bernd()
    back = await answered(anna)
    stolen = await bernd.get(back)
    assert (stolen.status_code, "Musterbau" in (await bernd.get(PAGE)).text) == (403, False)
    check_page(stolen.text)
    assert "Es ist nichts gespeichert" in stolen.text
    assert (await anna.get(back)).status_code == 303
    assert (await anna.get(back)).status_code == 403
    assert (await anna.get(PAGE)).text.count("/beenden") == 1


@pytest.mark.parametrize(
    "change",
    [{"state": "geraten"}, {"code": "geraten"}, {"iss": "https://boese.test"}, {"error": "access_denied"}],
    ids=["state", "code", "issuer", "cancelled"],
)
async def test_a_changed_answer_is_refused(town: Town, change: dict[str, str]) -> None:
    anna = await confirmed(town)
    back = await answered(anna)
    answer = await anna.get(f"{urlsplit(back).path}?{urlencode(query(back) | change)}")
    assert answer.status_code == 403
    assert "/beenden" not in (await anna.get(PAGE)).text


async def test_a_login_as_a_person_makes_no_company_and_a_company_logs_nobody_in(town: Town) -> None:
    anna = await confirmed(town)
    back = await answered(anna)
    crossed = f"/anmelden/mit/demo/zurueck?{urlsplit(back).query}"
    other = town.browser()
    await other.get("/anmelden")
    assert (await other.get(crossed)).status_code == 403
    assert (await anna.get("/anmelden/mit/demo-organisation")).status_code == 404
    assert (await anna.get(f"{PAGE}/organisation/demo")).status_code == 404


SETTING = OidcSetting(
    "organisationskonto",
    "organisation",
    "Organisationskonto",
    "https://org.test",
    "wir",
    name_claim="firma",
    id_claim="nummer",
)
SOUND = {"firma": "Echte GmbH", "nummer": "4711"}


def productive(town: Town, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]) -> dict[str, str]:
    """A productive Organisationskonto whose answers the test makes; gives where to put the nonce."""
    object.__setattr__(town.context.settings, "oidc", (SETTING,))
    sent = {"nonce": ""}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("openid-configuration"):
            places = {f"{one}_endpoint": f"https://org.test/{one}" for one in ("authorization", "token")}
            found = {"issuer": "https://org.test", "jwks_uri": "https://org.test/k"} | places
            return httpx.Response(200, json=found)
        if request.url.path == "/k":
            return httpx.Response(200, json={"keys": [KEY.as_dict(private=False)]})
        now = int(town.clock().timestamp())
        claims = {
            "iss": "https://org.test",
            "aud": "wir",
            "sub": "x",
            "nonce": sent["nonce"],
            "iat": now,
            "exp": now + 60,
            "auth_time": now,
            **SOUND,
        }
        claims = {name: value for name, value in (claims | change).items() if value is not None}
        token = jwt.encode({"alg": "ES256", "kid": "o"}, claims, KEY)
        return httpx.Response(200, json={"access_token": "a", "token_type": "Bearer", "id_token": token})

    monkeypatch.setattr(anbieter_oidc, "transport", lambda: httpx.MockTransport(answer))
    return sent


@pytest.mark.parametrize(
    ("change", "believed"),
    [
        ({}, True),
        ({"firma": None}, False),
        ({"firma": " "}, False),
        ({"nummer": None}, False),
        ({"auth_time": None}, False),
        ({"auth_time": 1}, False),
        ({"aud": "anderes-portal"}, False),
    ],
    ids=["sound", "no company", "blank", "no number", "login at no time", "old login", "for somebody else"],
)
async def test_a_productive_one_stands_behind_the_same_port(
    town: Town, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], believed: bool
) -> None:
    sent = productive(town, monkeypatch, change)
    anna = await confirmed(town)
    asked = query((await anna.get(f"{PAGE}/organisation/organisationskonto")).headers["location"])
    assert asked["redirect_uri"] == f"{ORIGIN}{PAGE}/organisation/organisationskonto/zurueck"
    sent["nonce"] = asked["nonce"]
    back = await anna.get(f"{PAGE}/organisation/organisationskonto/zurueck?code=c&state={asked['state']}")
    assert back.status_code == (303 if believed else 403)
    assert ("Echte GmbH" in (await anna.get(PAGE)).text) == believed


async def test_where_none_is_connected_the_page_says_so(town: Town) -> None:
    object.__setattr__(town.context.settings, "oidc", ())
    anna = await confirmed(town)
    assert "noch nicht angebunden" in (await anna.get(PAGE)).text
    assert (await anna.get(START)).status_code == 404


def test_the_settings_name_the_claims() -> None:
    base = {
        "AMTSLOTSE_PORTAL_KEYS": "k",
        "AMTSLOTSE_SIGNING_KEY": "{}",
        "AMTSLOTSE_ACTIONS_TOKEN": "a",
        "AMTSLOTSE_HANDOFF_TOKEN": "h",
        "AMTSLOTSE_PORTAL_TOKEN": "p",
    }
    named = {
        "AMTSLOTSE_ORGANISATION_OIDC_ISSUER": "https://org.test",
        "AMTSLOTSE_ORGANISATION_OIDC_CLIENT_ID": "wir",
        "AMTSLOTSE_ORGANISATION_OIDC_NAME_CLAIM": "firma",
        "AMTSLOTSE_ORGANISATION_OIDC_ID_CLAIM": "nummer",
    }
    assert PortalSettings.from_environment(base).oidc == ()
    assert PortalSettings.from_environment(base | named).oidc == (SETTING,)
    del named["AMTSLOTSE_ORGANISATION_OIDC_NAME_CLAIM"]
    with pytest.raises(KeyError, match="NAME_CLAIM"):
        PortalSettings.from_environment(base | named)
