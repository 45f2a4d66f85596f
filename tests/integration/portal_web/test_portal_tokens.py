"""Session interface and tokens: what browser code and handoff get."""

from datetime import datetime

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from portal.client import SESSION_COOKIE, SessionClient
from portal.web.auth import CITIZEN_COOKIE
from tests.support.portal_town import SIGNING_KEY, Browser, Town


async def token_of(browser: Browser, query: str = "") -> httpx.Response:
    csrf = (await browser.get(f"/api/session{query}")).json()["csrf"]
    return await browser.http.post(f"/api/session/token{query}", headers={"X-CSRF-Token": csrf})


async def test_an_anonymous_visitor_is_told_so(town: Town) -> None:
    browser = town.browser()
    assert (await browser.get("/api/session")).json() == {"angemeldet": False, "csrf": None}
    refused = await browser.http.post("/api/session/token")
    assert (refused.status_code, refused.json()["code"]) == (401, "anmeldung_noetig")


async def test_a_citizen_is_greeted_by_her_first_name(town: Town) -> None:
    anna, bernd = await town.anna(), await town.bernd()
    answer = (await anna.get("/api/session")).json()
    assert (answer["vorname"], answer["vertrauen"]) == ("Anna", "niedrig")
    assert (await bernd.get("/api/session")).json()["vorname"] is None


async def test_claims_of_a_citizen_token(town: Town) -> None:
    answer = (await token_of(await town.anna())).json()
    claims = jwt.decode(answer["token"], SIGNING_KEY, algorithms=["Ed25519"]).claims
    now = int(town.clock().timestamp())
    assert {k: v for k, v in claims.items() if k not in ("sub", "sid")} == {
        "iss": "amtslotse-portal",
        "aud": "amtslotse-handoff",
        "kind": "citizen",
        "trust": "niedrig",
        "iat": now,
        "exp": now + 600,
    }
    assert int(datetime.fromisoformat(answer["expires_at"]).timestamp()) == claims["exp"]


async def test_claims_of_a_staff_token(town: Town) -> None:
    office = await town.office("konsole-1")
    assert (await office.get("/api/session?art=personal")).json()["angemeldet"] is True
    claims = jwt.decode(
        (await token_of(office, "?art=personal")).json()["token"], SIGNING_KEY, algorithms=["Ed25519"]
    ).claims
    assert claims["kind"] == "staff"
    assert (claims["roles"], claims["topics"]) == (["clerk"], ["*"])
    assert (claims["function"], claims["office"]) == ("Bürgerservice", "BÜRGERcenter")
    assert "trust" not in claims


async def test_a_staff_cookie_gets_no_citizen_token_and_the_other_way_round(town: Town) -> None:
    office, anna = await town.office("konsole-1"), await town.anna()
    assert (await office.http.post("/api/session/token")).status_code == 401
    assert (await anna.http.post("/api/session/token?art=personal")).status_code == 401


async def test_both_cookies_in_one_browser_do_not_get_in_each_others_way(town: Town) -> None:
    browser = await town.anna()
    await browser.login("konsole-1", path="/amt/anmelden")
    assert (await token_of(browser)).status_code == 200
    assert (await token_of(browser, "?art=personal")).status_code == 200


async def test_a_token_needs_the_csrf_header(town: Town) -> None:
    anna = await town.anna()
    refused = await anna.http.post("/api/session/token")
    assert (refused.status_code, refused.json()["code"]) == (403, "formular_abgelaufen")


async def test_a_bearer_token_stands_in_for_the_cookie_until_it_or_the_session_ends(town: Town) -> None:
    anna = await town.anna()
    token = (await token_of(anna)).json()["token"]
    client = town.browser().http
    headers = {"Authorization": f"Bearer {token}"}
    assert (await client.get("/api/session", headers=headers)).json()["vorname"] == "Anna"
    assert (await client.post("/api/dokumente", headers=headers)).status_code == 422
    await anna.post("/abmelden", "/mein")
    assert (await client.post("/api/dokumente", headers=headers)).status_code == 401


async def test_an_old_token_is_refused(town: Town) -> None:
    anna = await town.anna()
    token = (await token_of(anna)).json()["token"]
    town.clock.forward(minutes=10, seconds=1)
    headers = {"Authorization": f"Bearer {token}"}
    assert (await town.browser().http.post("/api/dokumente", headers=headers)).status_code == 401


def forged(claims: dict[str, object]) -> list[str]:
    other = OKPKey.generate_key("Ed25519", private=True)
    public = OctKey.import_key({"kty": "oct", "k": SIGNING_KEY.as_dict(private=False)["x"]})
    return [
        "kein.echtes.token",
        "",
        jwt.encode({"alg": "Ed25519"}, claims, other, algorithms=["Ed25519"]),
        jwt.encode({"alg": "HS256"}, claims, public),
        jwt.encode({"alg": "Ed25519"}, claims | {"kind": "staff"}, SIGNING_KEY, algorithms=["Ed25519"]),
        jwt.encode({"alg": "Ed25519"}, claims | {"aud": "anderswo"}, SIGNING_KEY, algorithms=["Ed25519"]),
    ]


@pytest.mark.parametrize("number", range(6))
async def test_forged_tokens_are_refused(town: Town, number: int) -> None:
    token = (await token_of(await town.anna())).json()["token"]
    claims = dict(jwt.decode(token, SIGNING_KEY, algorithms=["Ed25519"]).claims)
    headers = {"Authorization": f"Bearer {forged(claims)[number]}"}
    answer = await town.browser().http.post("/api/dokumente", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "anmeldung_noetig")


async def test_a_made_up_cookie_is_nobody(town: Town) -> None:
    browser = town.browser()
    browser.http.cookies.set(CITIZEN_COOKIE, "x" * 43)
    assert (await browser.get("/api/session")).json()["angemeldet"] is False


async def test_a_plain_page_of_handoff_gets_the_token_of_the_cookie_it_was_shown(town: Town) -> None:
    assert SESSION_COOKIE == CITIZEN_COOKIE
    anna = await town.anna()
    client = SessionClient("http://portal", transport=httpx.ASGITransport(town.app))
    token = await client.token(anna.http.cookies[CITIZEN_COOKIE])
    assert token is not None
    claims = jwt.decode(token, SIGNING_KEY, algorithms=["Ed25519"]).claims
    assert (claims["kind"], claims["aud"]) == ("citizen", "amtslotse-handoff")
    for other in ("A" * 43, "", "x; amtslotse_amt=y", "ü" * 43):
        assert await client.token(other) is None
    await client.close()
