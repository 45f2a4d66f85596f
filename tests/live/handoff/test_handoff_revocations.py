"""Sessions that the portal has ended: their tokens are refused and their connections cut at once."""

import pytest
from handoff_line import line
from handoff_world import PORTAL_TOKEN, World, citizen_token, staff_token

PATH = "/api/conversations/internal/revocations"


async def end(town: World, *sids: str, token: str = PORTAL_TOKEN) -> int:
    answer = await town.http.post(PATH, json={"sids": sids}, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code


async def bound(town: World, account: str = "anna") -> str:
    """A conversation of a citizen who is logged in; gives its handle."""
    answer = await town.login(await town.start(), citizen_token(account))
    assert answer.status_code == 200, answer.text
    return answer.json()["handle"]


async def test_only_the_portal_may_end_sessions(town):
    assert await end(town, "sid-anna", token="geraten") == 403
    assert (await town.http.post(PATH, json={"sids": ["x"]})).status_code == 403


async def test_a_stolen_token_is_worth_nothing_any_more(town):
    handle, token = await bound(town), citizen_token("anna")
    assert (await town.send(handle, "Hallo", auth=token)).status_code == 201
    assert await end(town, "sid-anna") == 204
    refused = await town.send(handle, "noch da?", client_id="c2", auth=token)
    assert (refused.status_code, refused.json()["code"]) == (401, "anmeldung_noetig")
    assert (await town.login(await town.start(), token)).status_code == 401
    path = f"/api/conversations/{handle}/messages"
    assert (await town.http.get(path, headers={"Authorization": f"Bearer {token}"})).status_code == 401


async def test_another_session_of_the_same_account_goes_on(town):
    handle = await bound(town)
    await end(town, "sid-anna")
    await end(town, "sid-anna")
    new = citizen_token("anna", sid="sid-neu")
    assert (await town.send(handle, "wieder da", auth=new)).status_code == 201


async def test_the_citizens_socket_is_cut_and_does_not_come_back(town):
    handle = await bound(town)
    async with line(town) as client:
        anna = await client().connect(handle=handle, token=citizen_token("anna"))
        await end(town, "sid-anna")
        await anna.until(lambda events: any(event == "disconnect" for event, _ in events))
        again = client()
        with pytest.raises(Exception, match=r"."):
            await again.connect(handle=handle, token=citizen_token("anna"))


async def test_a_clerks_socket_is_cut_and_another_clerks_is_not(town):
    async with line(town) as client:
        berta = await client("/konsole").connect(token=staff_token("berta"))
        carl = await client("/konsole").connect(token=staff_token("carl"))
        await end(town, "sid-berta")
        await berta.until(lambda events: any(event == "disconnect" for event, _ in events))
        assert "error" not in (await carl.call("queue.list", {}))
        with pytest.raises(Exception, match=r"."):
            await client("/konsole").connect(token=staff_token("berta"))


async def test_a_restart_does_not_forget(town):
    await end(town, "sid-anna")
    town.app.state.revocations._ended.clear()
    await town.app.state.revocations.start(town.context)
    assert (await town.login(await town.start(), citizen_token("anna"))).status_code == 401
