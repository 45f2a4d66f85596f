"""Logging in with OIDC (the demo's real provider) and with the BundID, and every way to cheat on it."""

import base64
import dataclasses
import re
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import httpx
import pyotp
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import select, update

from portal.schema.konto import KontoRow
from portal.schema.sitzung import SitzungRow
from portal.schema.zugang import VerknuepfungRow
from portal.services import anbieter_oidc
from portal.services.anbieter_saml import OID
from portal.settings import OidcSetting, demo_oidc
from portal.web.auth import CITIZEN_COOKIE, STAFF_COOKIE
from tests.support.portal_town import ORIGIN, Browser, Town
from tests.support.saml_idp import ATTRIBUTES, SETTING, Answer

ANNA = "00000000-0000-4000-8000-000000000001"
START = "/anmelden/mit/demo?zurueck=/mein/fristen"


@pytest.fixture(autouse=True)
def providers(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's provider on the portal's own origin, and a BundID of the test."""
    settings = town.context.settings
    object.__setattr__(settings, "oidc", (demo_oidc(ORIGIN),))
    object.__setattr__(settings, "bundid", SETTING)
    monkeypatch.setattr(anbieter_oidc, "transport", lambda: httpx.ASGITransport(town.app))


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


async def to_provider(browser: Browser, start: str = START) -> str:
    answer = await browser.get(start)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def at_provider(browser: Browser, address: str, person: str = "dora") -> str:
    """Choose a person at the demo's provider; gives the address that it sends back to."""
    page = (await browser.get(address)).text
    assert "kein echter Anmeldedienst" in page
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    answer = await browser.http.post("/demo/oidc/authorize", data=fields | {"person": person})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_the_whole_way_makes_an_account_and_proposes_values(town: Town) -> None:
    browser = town.browser()
    back = await browser.get(await at_provider(browser, await to_provider(browser)))
    target = back.headers["location"]
    assert target.startswith("/mein/vorschlaege/")
    page = (await browser.get(target)).text
    assert "Dora" in page
    assert "Noch ist nichts gespeichert" in page
    assert "Dora" not in (await browser.get("/mein/daten")).text
    again = town.browser()
    await again.get(await at_provider(again, await to_provider(again)))
    async with town.context.transaction() as session:
        names = [row.anmeldename for row in await session.scalars(select(KontoRow))]
    assert len([name for name in names if name.startswith("extern:")]) == 1


async def test_nobody_logs_in_to_a_providers_account_with_a_password(town: Town) -> None:
    browser = town.browser()
    await browser.get(await at_provider(browser, await to_provider(browser)))
    async with town.context.transaction() as session:
        names = [row.anmeldename for row in await session.scalars(select(KontoRow))]
    name = next(name for name in names if name.startswith("extern:"))
    assert (await town.browser().login(name, "")).status_code == 401


async def test_no_personal_data_in_the_addresses_of_the_way(town: Town) -> None:
    browser = town.browser()
    there = await to_provider(browser)
    back = await at_provider(browser, there)
    for address in (there, back):
        assert "Dora" not in address
        assert "dora" not in query(address).values()
    assert query(there)["code_challenge_method"] == "S256"
    assert (query(there)["prompt"], query(there)["max_age"]) == ("login", "0")


async def test_an_answer_counts_once_and_only_in_the_browser_that_asked(town: Town) -> None:
    browser, thief = town.browser(), town.browser()
    back = await at_provider(browser, await to_provider(browser))
    await thief.get("/anmelden")
    stolen = await thief.get(back)
    assert stolen.status_code == 403
    assert CITIZEN_COOKIE not in stolen.cookies
    assert (await browser.get(back)).status_code == 303
    browser.http.cookies.delete(CITIZEN_COOKIE)
    assert (await browser.get(back)).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"state": "geraten"},
        {"code": "geraten"},
        {"code": ""},
        {"iss": "https://boese.test"},
        {"error": "access_denied"},
    ],
)
async def test_a_changed_answer_is_refused(town: Town, change: dict[str, str]) -> None:
    browser = town.browser()
    back = await at_provider(browser, await to_provider(browser))
    address = f"{urlsplit(back).path}?{urlencode(query(back) | change)}"
    answer = await browser.get(address)
    assert answer.status_code == 403
    assert CITIZEN_COOKIE not in browser.http.cookies


async def test_a_code_stolen_on_the_way_is_worth_nothing_without_the_verifier(town: Town) -> None:
    browser, thief = town.browser(), town.browser()
    back = await at_provider(browser, await to_provider(browser))
    own = query(await to_provider(thief))["state"]
    injected = query(back) | {"state": own}
    assert (await thief.get(f"{urlsplit(back).path}?{urlencode(injected)}")).status_code == 403


KEY = ECKey.generate_key("P-256", {"kid": "demo"}, private=True)


def forgeries(claims: dict[str, object]) -> dict[str, str]:
    header = {"alg": "ES256", "kid": "demo"}
    return {
        "foreign key": jwt.encode(header, claims, ECKey.generate_key("P-256", {"kid": "demo"}, private=True)),
        "shared secret": jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("geraten" * 8)),
        "no signature": "eyJhbGciOiJub25lIn0.e30.",
        "issuer": jwt.encode(header, claims | {"iss": "https://boese.test"}, KEY),
        "audience": jwt.encode(header, claims | {"aud": "anderes-portal"}, KEY),
        "two audiences": jwt.encode(header, claims | {"aud": [claims["aud"], "anderes"]}, KEY),
        "nonce": jwt.encode(header, claims | {"nonce": "alt"}, KEY),
        "login from before": jwt.encode(header, claims | {"auth_time": int(str(claims["iat"])) - 61}, KEY),
        "login at no time": jwt.encode(header, {k: v for k, v in claims.items() if k != "auth_time"}, KEY),
        "expired": jwt.encode(header, claims | {"exp": int(str(claims["iat"])) - 61}, KEY),
        "no token": "",
    }


@pytest.mark.parametrize("name", [*forgeries({"iat": 0, "aud": "x"}), "sound"])
async def test_forged_id_tokens_are_refused(town: Town, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider whose answers the test makes; the last case shows that only the forgery is what is refused."""
    setting = OidcSetting("fremd", "konto", "Fremd", "https://idp.test", "wir")
    object.__setattr__(town.context.settings, "oidc", (setting,))
    nonce = ""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("openid-configuration"):
            places = {f"{one}_endpoint": f"https://idp.test/{one}" for one in ("authorization", "token")}
            return httpx.Response(
                200, json={"issuer": "https://idp.test", "jwks_uri": "https://idp.test/k"} | places
            )
        if request.url.path == "/k":
            return httpx.Response(200, json={"keys": [KEY.as_dict(private=False)]})
        now = int(town.clock().timestamp())
        claims: dict[str, object] = {
            "iss": "https://idp.test",
            "aud": "wir",
            "sub": "x",
            "nonce": nonce,
            "auth_time": now,
            "iat": now,
            "exp": now + 60,
        }
        tokens = forgeries(claims) | {"sound": jwt.encode({"alg": "ES256", "kid": "demo"}, claims, KEY)}
        return httpx.Response(
            200, json={"access_token": "a", "token_type": "Bearer", "id_token": tokens[name]}
        )

    monkeypatch.setattr(anbieter_oidc, "transport", lambda: httpx.MockTransport(answer))
    browser = town.browser()
    asked = query(await to_provider(browser, "/anmelden/mit/fremd"))
    nonce = asked["nonce"]
    back = await browser.get(f"/anmelden/mit/fremd/zurueck?code=c&state={asked['state']}")
    assert (back.status_code, CITIZEN_COOKIE in browser.http.cookies) == (
        (303, True) if name == "sound" else (403, False)
    )


async def test_staff_come_in_with_the_towns_directory_and_unknown_people_do_not(town: Town) -> None:
    directory = dataclasses.replace(demo_oidc(ORIGIN), id="demo", art="personal")
    object.__setattr__(town.context.settings, "oidc", (directory,))
    person = {"name": ""}

    def answer(request: httpx.Request) -> httpx.Response:
        issuer = directory.issuer
        if request.url.path.endswith("openid-configuration"):
            places = {f"{one}_endpoint": f"{issuer}/{one}" for one in ("authorization", "token")}
            return httpx.Response(200, json={"issuer": issuer, "jwks_uri": f"{issuer}/k"} | places)
        if request.url.path.endswith("/k"):
            return httpx.Response(200, json={"keys": [KEY.as_dict(private=False)]})
        now = int(town.clock().timestamp())
        claims = {
            "iss": issuer,
            "aud": directory.client_id,
            "sub": person["name"],
            "nonce": person["nonce"],
            "iat": now,
            "exp": now + 60,
            "preferred_username": person["name"],
            "amr": ["pwd", "mfa"],
        }
        token = jwt.encode({"alg": "ES256", "kid": "demo"}, claims, KEY)
        return httpx.Response(200, json={"access_token": "a", "token_type": "Bearer", "id_token": token})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anbieter_oidc, "transport", lambda: httpx.MockTransport(answer))
        for name, status in (("konsole-1", 303), ("niemand", 403)):
            browser = town.browser()
            asked = query(await to_provider(browser, "/amt/anmelden/mit/demo"))
            person |= {"name": name, "nonce": asked["nonce"]}
            back = await browser.get(f"/amt/anmelden/mit/demo/zurueck?code=c&state={asked['state']}")
            assert back.status_code == status
            assert (STAFF_COOKIE in browser.http.cookies) == (status == 303)


async def saml_request(browser: Browser, back_to: str = "/mein") -> tuple[str, httpx.Response]:
    page = await browser.get(f"/anmelden/mit/bundid?zurueck={quote(back_to)}")
    found = re.search(r'name="SAMLRequest" value="([^"]+)"', page.text)
    assert found
    xml = base64.b64decode(found[1]).decode()
    request = re.search(r' ID="([^"]+)"', xml)
    assert request
    return request[1], page


async def from_bundid(browser: Browser, encoded: str) -> httpx.Response:
    """As a browser does it: a form from a foreign page brings no cookie, the redirect after it does."""
    foreign = Browser(browser.app)
    try:
        posted = await foreign.http.post("/anmelden/bundid/antwort", data={"SAMLResponse": encoded})
    finally:
        await foreign.http.aclose()
    if posted.status_code != 303:
        return posted
    return await browser.get(posted.headers["location"])


async def low_login(town: Town, browser: Browser, start: str = "/mein") -> httpx.Response:
    """Log in with a BundID account that only a password protects there."""
    request, page = await saml_request(browser, start)
    sent = base64.b64decode(re.findall(r'name="SAMLRequest" value="([^"]+)"', page.text)[0]).decode()
    assert 'ForceAuthn="true"' in sent
    low = tuple(
        (oid, re.sub("Level-[34]", "Level-1", v), re.sub("[34]$", "1", t)) for oid, v, t in ATTRIBUTES
    )
    return await from_bundid(browser, dataclasses.replace(answer_to(town, request), attributes=low).encoded())


async def add_app(town: Town, browser: Browser) -> httpx.Response:
    setup = await browser.get("/mein/sicherheit/app")
    secret = re.findall(r"secret=([A-Z2-7]+)", setup.text)[0]
    code = pyotp.TOTP(secret).at(town.clock.now)
    return await browser.post("/mein/sicherheit/app/bestaetigen", "/mein/sicherheit/app", code=code)


async def test_a_bundid_account_without_password_adds_a_factor_and_changes_its_data(town: Town) -> None:
    browser = town.browser()
    await low_login(town, browser)
    town.clock.forward(minutes=11)
    change = await browser.post("/mein/daten/angaben", "/mein/daten", feld="geburtsort", wert="Herne")
    ask = (await browser.get(change.headers["location"])).text
    assert "Mit BundID noch einmal anmelden" in ask
    assert "Passwort" not in ask
    again = re.findall(r'href="/anmelden/mit/bundid\?zurueck=([^"]+)"', ask)[0]
    await low_login(town, browser, unquote(again))
    assert "Zweiten Faktor einrichten" in (await browser.get(change.headers["location"])).text
    added = await browser.post("/mein/sicherheit/app", "/mein/sicherheit")
    assert added.headers["location"] == "/mein/sicherheit/app"
    assert (await add_app(town, browser)).headers["location"] == "/mein/sicherheit?meldung=app"
    assert change.headers["location"] in (await browser.get("/mein/sicherheit")).text
    ready = (await browser.get(change.headers["location"])).text
    assert "Jetzt ausführen" in ready
    assert 'value="Herne"' in ready
    done = await browser.post("/mein/daten/angaben", "/mein/daten", feld="geburtsort", wert="Herne")
    assert done.headers["location"].startswith("/mein/daten")
    assert "Herne" in (await browser.get("/mein/daten")).text


async def test_an_old_login_adds_no_factor_and_a_fresh_one_leads_back(town: Town) -> None:
    browser = town.browser()
    await low_login(town, browser)
    town.clock.forward(minutes=11)
    refused = await browser.post("/mein/sicherheit/app", "/mein/sicherheit")
    assert refused.headers["location"] == "/mein/bestaetigen?zurueck=/mein/sicherheit"
    assert (await browser.get("/mein/sicherheit/app")).status_code == 303
    await low_login(town, browser, refused.headers["location"])
    assert (await browser.get(refused.headers["location"])).headers["location"] == "/mein/sicherheit"


async def test_a_fresh_login_alone_adds_no_second_factor_where_there_is_one(town: Town) -> None:
    browser = town.browser()
    await low_login(town, browser)
    await browser.post("/mein/sicherheit/app", "/mein/sicherheit")
    await add_app(town, browser)
    await low_login(town, browser)
    refused = await browser.post("/mein/sicherheit/app", "/mein/sicherheit")
    assert refused.headers["location"].startswith("/mein/bestaetigen")


async def test_a_waiting_form_does_not_pass_to_another_account(town: Town) -> None:
    browser = town.browser()
    await low_login(town, browser)
    change = await browser.post("/mein/daten/angaben", "/mein/daten", feld="geburtsort", wert="Herne")
    await browser.get(await at_provider(browser, await to_provider(browser)))
    assert "Herne" not in (await browser.get(change.headers["location"])).text


def answer_to(town: Town, request: str) -> Answer:
    return Answer(request, town.clock(), f"{ORIGIN}/anmelden/bundid/antwort")


async def test_the_bundid_logs_in_at_its_own_level(town: Town) -> None:
    browser = town.browser()
    request, page = await saml_request(browser)
    assert "form-action 'self' https://bundid.test" in page.headers["content-security-policy"]
    back = await from_bundid(browser, answer_to(town, request).encoded())
    assert back.headers["location"].startswith("/mein/vorschlaege/")
    assert (await browser.get("/api/session")).json()["vertrauen"] == "hoch"


async def test_a_bundid_answer_counts_once_and_in_its_own_browser(town: Town) -> None:
    browser, thief = town.browser(), town.browser()
    request, _page = await saml_request(browser)
    encoded = answer_to(town, request).encoded()
    await thief.get("/anmelden")
    posted = await thief.http.post("/anmelden/bundid/antwort", data={"SAMLResponse": encoded})
    assert (await thief.get(posted.headers["location"])).status_code == 403
    assert CITIZEN_COOKIE not in thief.http.cookies
    assert (await browser.get(posted.headers["location"])).status_code == 303
    assert (await from_bundid(browser, encoded)).status_code == 403


async def test_an_answer_that_nobody_asked_for_is_refused(town: Town) -> None:
    browser = town.browser()
    await browser.get("/anmelden")
    assert (await from_bundid(browser, answer_to(town, "_ausgedacht").encoded())).status_code == 403


async def test_an_old_request_is_refused(town: Town) -> None:
    browser = town.browser()
    request, _page = await saml_request(browser)
    town.clock.forward(minutes=16)
    assert (await from_bundid(browser, answer_to(town, request).encoded())).status_code == 403


async def test_a_town_without_local_accounts_shows_the_bundid_alone(town: Town) -> None:
    object.__setattr__(town.context.settings, "local_accounts", False)
    browser = town.browser()
    page = await browser.get("/anmelden")
    assert "Mit BundID anmelden" in page.text
    assert 'name="passwort"' not in page.text
    assert (await browser.http.post("/anmelden", data={"name": "anna", "passwort": "x"})).status_code == 404


@pytest.mark.parametrize(("level", "opens"), [("4", True), ("3", False)])
async def test_only_the_eid_opens_a_locked_account(town: Town, level: str, opens: bool) -> None:
    browser = town.browser()
    request, _page = await saml_request(browser)
    await from_bundid(browser, answer_to(town, request).encoded())
    await browser.post("/mein/sicherheit/sperren", "/mein/sicherheit/sperren")
    weaker = tuple((o, v.replace("Level-4", f"Level-{level}"), t) for o, v, t in ATTRIBUTES)
    request, _page = await saml_request(browser)
    answer = dataclasses.replace(answer_to(town, request), attributes=weaker)
    back = await from_bundid(browser, answer.encoded())
    assert (back.headers["location"] != "/konto/entsperren") == opens
    if not opens:
        assert (
            "noch einmal mit BundID an, diesmal mit dem Online-Ausweis"
            in (await browser.get("/konto/entsperren")).text
        )
    assert (CITIZEN_COOKIE in browser.http.cookies) == opens


def of_anna(level: str = "4") -> tuple[tuple[str, str, str], ...]:
    """The BundID's attributes of the demo's Anna, proved at this level."""
    own = {OID["familienname"]: "Beispiel", OID["geburtsdatum"]: "1990-04-17"}
    return tuple((oid, own.get(oid, v).replace("Level-4", f"Level-{level}"), t) for oid, v, t in ATTRIBUTES)


async def proves(
    town: Town, browser: Browser, attributes: tuple[tuple[str, str, str], ...]
) -> httpx.Response:
    """Go to the BundID from within the account, and come back."""
    page = await browser.get("/identitaet/nachweis/mit/bundid?zurueck=/mein/fristen")
    found = re.search(r'name="SAMLRequest" value="([^"]+)"', page.text)
    assert found, page.headers
    request = re.search(r' ID="([^"]+)"', base64.b64decode(found[1]).decode())
    assert request
    return await from_bundid(
        browser, dataclasses.replace(answer_to(town, request[1]), attributes=attributes).encoded()
    )


async def confirmed_anna(town: Town) -> Browser:
    anna = await town.anna()
    await anna.confirm()
    async with town.context.transaction() as session:
        await session.execute(update(SitzungRow).values(vertrauen="niedrig"))
    return anna


@pytest.mark.parametrize(("level", "trust"), [("4", "hoch"), ("3", "substantiell"), ("1", "niedrig")])
async def test_the_bundid_proves_who_holds_a_local_account_and_leads_into_it(
    town: Town, level: str, trust: str
) -> None:
    anna = await confirmed_anna(town)
    back = await proves(town, anna, of_anna(level))
    assert back.headers["location"].endswith("/mein/fristen")
    seen = (await anna.get("/api/session")).json()
    assert seen["vertrauen"] == trust
    other = town.browser()
    request, _ = await saml_request(other)
    answer = dataclasses.replace(answer_to(town, request), attributes=of_anna())
    await from_bundid(other, answer.encoded())
    async with town.context.transaction() as session:
        accounts = set(await session.scalars(select(VerknuepfungRow.konto_id)))
    assert accounts == {ANNA}


async def test_somebody_elses_bundid_proves_nothing_and_is_not_linked(town: Town) -> None:
    anna = await confirmed_anna(town)
    refused = await proves(town, anna, ATTRIBUTES)
    assert (refused.status_code, "passen nicht zu diesem Konto" in refused.text) == (409, True)
    assert (await anna.get("/api/session")).json()["vertrauen"] == "niedrig"
    async with town.context.transaction() as session:
        assert not list(await session.scalars(select(VerknuepfungRow)))


async def test_a_bundid_that_leads_into_another_account_proves_nothing_here(town: Town) -> None:
    other = town.browser()
    request, _ = await saml_request(other)
    await from_bundid(other, dataclasses.replace(answer_to(town, request), attributes=of_anna()).encoded())
    anna = await confirmed_anna(town)
    refused = await proves(town, anna, of_anna())
    assert (refused.status_code, "schon ein anderes Konto" in refused.text) == (409, True)


async def test_a_proof_starts_with_the_second_factor_and_counts_in_its_session_alone(town: Town) -> None:
    anna = await town.anna()
    early = await anna.get("/identitaet/nachweis/mit/bundid")
    assert early.headers["location"].startswith("/mein/bestaetigen")
    await anna.confirm()
    page = await anna.get("/identitaet/nachweis/mit/bundid")
    found = re.search(r'name="SAMLRequest" value="([^"]+)"', page.text)
    assert found
    request = re.search(r' ID="([^"]+)"', base64.b64decode(found[1]).decode())
    assert request
    bernd = await town.bernd()
    answer = dataclasses.replace(answer_to(town, request[1]), attributes=of_anna())
    assert (await from_bundid(bernd, answer.encoded())).status_code == 403
    stranger = town.browser()
    await stranger.get("/anmelden")
    again = await stranger.get(f"/anmelden/bundid/weiter?anfrage={request[1]}")
    assert CITIZEN_COOKIE not in stranger.http.cookies
    assert again.headers["location"].startswith("/anmelden")


async def test_without_the_demo_the_page_of_the_proof_leads_to_the_bundid(town: Town) -> None:
    anna = await town.anna()
    object.__setattr__(town.context.settings, "demo", False)
    page = (await anna.get("/identitaet/nachweis?zurueck=/mein/fristen")).text
    assert 'href="/identitaet/nachweis/mit/bundid?zurueck=/mein/fristen"' in page
    object.__setattr__(town.context.settings, "bundid", None)
    assert "noch nicht eingerichtet" in (await anna.get("/identitaet/nachweis")).text
