"""What handoff is told: events of the conversations that are bound to the session or to the draft."""

import json
from functools import partial

import httpx
import pytest

from portal.services import bindung, gespraeche
from portal.services.token import citizen_session_of
from tests.integration.portal_web.test_portal_identity import prove
from tests.support.portal_town import Browser, Town

ANNA = "00000000-0000-4000-8000-000000000001"


class Handoff:
    """Stands in for handoff: notes what it is told, or is away."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.ended: list[str] = []
        self.status = 204
        self.away = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer portal"
        assert request.url.path.startswith("/api/conversations/internal/")
        if self.away:
            raise httpx.ConnectError("away", request=request)
        body = json.loads(request.content)
        if request.url.path.endswith("/revocations"):
            self.ended += body["sids"]
        else:
            self.told.append((body["conversation_id"], body["event"]))
        return httpx.Response(self.status)


@pytest.fixture
def handoff(monkeypatch: pytest.MonkeyPatch) -> Handoff:
    handoff = Handoff()
    client = partial(httpx.AsyncClient, transport=httpx.MockTransport(handoff))
    monkeypatch.setattr(gespraeche.httpx, "AsyncClient", client)
    return handoff


async def bind(town: Town, browser: Browser, conversation: str, draft: str | None = None) -> None:
    csrf = (await browser.get("/api/session")).json()["csrf"]
    token = (await browser.http.post("/api/session/token", headers={"X-CSRF-Token": csrf})).json()["token"]
    sid = citizen_session_of(town.context, token)
    async with town.context.transaction() as session:
        await bindung.binden(town.context, session, conversation, ANNA, sid)
        await bindung.entwurf_merken(session, conversation, draft)


async def test_a_proof_is_told_to_the_conversations_of_this_session_alone(
    town: Town, handoff: Handoff
) -> None:
    anna, elsewhere = await town.anna(), await town.anna()
    await bind(town, anna, "hier")
    await bind(town, elsewhere, "anderswo")
    await prove(anna)
    assert handoff.told == [("hier", "identity_proved")]


async def test_a_logout_is_told(town: Town, handoff: Handoff) -> None:
    anna = await town.anna()
    await bind(town, anna, "hier")
    await anna.post("/abmelden", "/mein")
    assert len(set(handoff.ended)) == 1


async def test_a_logout_that_handoff_did_not_hear_is_told_again(town: Town, handoff: Handoff) -> None:
    anna = await town.anna()
    handoff.away = True
    await anna.post("/abmelden", "/mein")
    assert handoff.ended == []
    handoff.away = False
    await gespraeche.widerrufe_melden(town.context)  # as the job does
    assert len(set(handoff.ended)) == 1


async def test_a_change_on_the_page_is_told_to_the_conversation_about_this_draft(
    town: Town, handoff: Handoff
) -> None:
    anna = await town.anna()
    draft = await anna.open_draft()
    await bind(town, anna, "hier", draft.rsplit("/", 1)[1])
    await bind(town, anna, "anderes Thema")
    await anna.change(draft, "felder/rasse", wert="Dackel")
    assert handoff.told == [("hier", "draft_changed")]


async def test_a_refused_change_is_not_told(town: Town, handoff: Handoff) -> None:
    anna = await town.anna()
    draft = await anna.open_draft()
    await bind(town, anna, "hier", draft.rsplit("/", 1)[1])
    await anna.change(draft, "felder/anzahl_hunde", wert="viele")
    assert handoff.told == []


@pytest.mark.parametrize("trouble", ["away", "broken"])
async def test_handoff_being_away_changes_nothing_for_the_citizen(
    town: Town, handoff: Handoff, trouble: str
) -> None:
    anna = await town.anna()
    await bind(town, anna, "hier")
    handoff.away, handoff.status = trouble == "away", 500
    assert (await prove(anna)).status_code == 303
    assert (await anna.get("/api/session")).json()["vertrauen"] == "hoch"
