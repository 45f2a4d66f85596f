"""What the gateway's pages for the team lead and the end of a chat ask of the portal."""

import httpx
import pytest
from joserfc import jwt

from portal.client.session import SessionClient
from portal.demo import PERSONEN
from portal.web.auth import CITIZEN_COOKIE, STAFF_COOKIE
from tests.support.portal_town import SIGNING_KEY, Town

ANNA = PERSONEN[0].id
PATH = "/api/dialog/console/transcripts"
BODY = {"account": ANNA, "day": "2026-11-23", "text": "Sie: Hallo\n\nAssistent: Guten Tag"}


def headers(key: str = "k", token: str = "handoff") -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "X-Conversation": "u-1", "Idempotency-Key": key}


@pytest.fixture
async def sessions(town: Town):
    client = SessionClient("http://portal", transport=httpx.ASGITransport(town.app))
    yield client
    await client.close()


async def test_a_staff_cookie_gives_a_token_with_roles_and_name(town: Town, sessions: SessionClient) -> None:
    lead = await town.office("leitung")
    door = await sessions.staff_door(lead.http.cookies[STAFF_COOKIE])
    assert door is not None
    claims = jwt.decode(door.token, SIGNING_KEY, algorithms=["Ed25519"]).claims
    assert (claims["kind"], claims["login"]) == ("staff", "leitung")
    assert "lead" in claims["roles"]
    assert door.csrf == (await lead.get("/api/session?art=personal")).json()["csrf"]


async def test_no_other_cookie_opens_the_leads_pages(town: Town, sessions: SessionClient) -> None:
    anna = await town.anna()
    for cookie in (anna.http.cookies[CITIZEN_COOKIE], "A" * 43, "", "x; amtslotse_amt=y"):
        assert await sessions.staff_door(cookie) is None
    assert await sessions.token((await town.office("leitung")).http.cookies[STAFF_COOKIE]) is None


async def test_a_transcript_is_in_the_postbox_once(town: Town) -> None:
    anna = await town.anna()
    for _ in range(2):
        answer = await town.browser().http.post(PATH, json=BODY, headers=headers())
        assert answer.status_code == 201, answer.text
    page = await anna.get("/mein/postfach")
    assert page.text.count("Ihr Gespräch vom 23.11.2026") == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"account": "niemand"}, 404),
        ({"text": ""}, 422),
        ({"text": "x" * 100_001}, 422),
        ({"day": "gestern"}, 422),
    ],
)
async def test_what_is_no_transcript_is_refused(town: Town, change: dict[str, str], status: int) -> None:
    answer = await town.browser().http.post(PATH, json=BODY | change, headers=headers())
    assert answer.status_code == status


async def test_only_the_gateway_files_transcripts(town: Town) -> None:
    for token in ("actions", "portal", "falsch"):
        answer = await town.browser().http.post(PATH, json=BODY, headers=headers(token=token))
        assert answer.status_code in (401, 403)
    anna = await town.anna()
    assert "Ihr Gespräch" not in (await anna.get("/mein/postfach")).text
