"""Another citizen's conversation, channels and files are as closed as ones that do not exist: every route of the gateway.

The routes and the fields that each reads come from the app. A field that nobody has sorted fails the walk.
"""

from collections import Counter
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from handoff_world import PORTAL_TOKEN, World, citizen_token, sqlite, staff_token, world
from sqlalchemy import select

from handoff.channels.adapter import Adapter
from handoff.domain.channel import Capability, Shows
from handoff.ports import StaffDoor
from handoff.schema.base import Base
from handoff.services import channel_files, channel_intake, linking
from handoff.services.channel_intake import Inbound, InboundFile
from handoff.web import guards, visit
from tests.support.routes import Field, calls, fields, filled, routes

GEHEIM = "Annasgeheimnis"
OWNED = {
    "account": "account",
    "conversation_id": "conversation",
    "handle": "handle",
    "POST /api/channels/internal/files/drop id": "file",
    "POST /api/channels/internal/files/load id": "file",
    "POST /api/channels/internal/links/choose id": "link",
    "POST /api/channels/internal/links/end id": "link",
}
"""Names by which routes take what belongs to a citizen → which of Anna's things."""
NOBODYS: dict[str, Any] = {
    "after": 0,
    "client_id": "x1",
    "event": "uploaded",
    "key": "k1",
    "lang": "de",
    "nach": 0,
    "payload": None,
    "sids": ["unbekannt"],
    "stelle": "",
    "stream": "false",
    "suche": "",
    "text": "Hallo",
    "token": "x" * 30,
    "values": None,
    "von_selbst": "ja",
    "wait": 0,
    "zeitraum": "7",
}
"""Names of everything else that routes read → a value that fits."""
READ_BY_HAND = {"POST /webhooks/rest/webhook": "sender"}
"""Routes that read their body themselves → the name under which it takes a handle."""


class Messenger(Adapter):
    """A messenger that shows nothing."""

    capability = Capability("bote", "Bote", True, Shows.PUBLIC, 900, 3, 20, ("application/pdf",), 1000)

    async def send(self, delivery, key, text, choices) -> None:
        pass


@pytest.fixture
async def town(tmp_path):
    async with world(sqlite(tmp_path), channels=[Messenger()]) as one:
        yield one


@pytest.fixture
async def anna(town: World) -> dict[str, str]:
    """A bound conversation in which she said her secret, a linked messenger and a file that came through it."""
    handle = (await town.login(await town.start(), citizen_token("anna"))).json()["handle"]
    assert (await town.send(handle, f"Das ist {GEHEIM}", auth=citizen_token("anna"))).status_code == 201
    code = (await linking.new_code(town.context, "anna"))["code"]
    pdf = InboundFile(f"{GEHEIM}.pdf", b"%PDF-1.4 harmlos")
    for inbound in (Inbound("n1", f"Verbinden {code}"), Inbound("n2", None, files=[pdf])):
        await channel_intake.take(town.context, Messenger.capability, "annas-nummer", inbound)
    await town.idle()
    (file,) = await channel_files.of_account(town.context, "anna")
    (link,) = await linking.linked(town.context, "anna")
    (conversation,) = [one for one, (account, _sid) in town.portal.bound.items() if account == "anna"][:1]
    return {
        "account": "anna",
        "handle": handle,
        "conversation": conversation,
        "file": str(file["id"]),
        "link": str(link["id"]),
    }


def sorted_name(name: str, field: Field) -> str | None:
    for one in (f"{name} {field.key}", field.key):
        if one in OWNED or one in NOBODYS:
            return one
    return None


def api(town: World) -> list[tuple[str, APIRoute]]:
    return [
        (name, route)
        for name, route in sorted(routes(town.app), key=lambda one: one[0])
        if isinstance(route, APIRoute)
    ]


async def send(town: World, name: str, route: APIRoute, things: dict[str, str], auth: str) -> httpx.Response:
    """Call a route with these things and this token."""
    given: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "form": {}, "json": {}}
    for field in fields(route):
        by = str(sorted_name(name, field))
        given[field.place][field.key] = things[OWNED[by]] if by in OWNED else NOBODYS[by]
    body: dict[str, Any] = {"json": given["json"]} if given["json"] else {"data": given["form"]}
    if name in READ_BY_HAND:
        body = {"json": {READ_BY_HAND[name]: things["handle"], "message": "Hallo"}}
    method, path = name.split(" ", 1)
    return await town.http.request(
        method,
        filled(path, given["path"]),
        params=given["query"],
        headers={"Authorization": f"Bearer {auth}"},
        **({} if method == "GET" else body),
    )


async def rows(town: World) -> set[str]:
    """Everything that lies in the database, but the log of what was sent."""
    async with town.context.database.read() as session:
        return {
            f"{table.name} {tuple(row)!r}"
            for table in Base.metadata.sorted_tables
            for row in await session.execute(select(table))
        }


def test_every_field_is_sorted_and_no_sorted_name_is_left_over(town: World) -> None:
    """A new parameter names a citizen's own thing or it does not: somebody must say which."""
    read = [(name, field) for name, route in api(town) for field in fields(route)]
    assert [(name, field.key) for name, field in read if sorted_name(name, field) is None] == []
    assert set(OWNED) | set(NOBODYS) == {sorted_name(name, field) for name, field in read}
    assert set(READ_BY_HAND) <= {name for name, _ in api(town)}


async def test_every_route_keeps_a_foreign_citizen_out(town: World, anna: dict[str, str]) -> None:
    """Anna's handle, conversation, account and ids, with Bernd's token and with none."""
    before, walked = await rows(town), Counter[str]()
    for name, route in api(town):
        named = name in READ_BY_HAND or any(sorted_name(name, one) in OWNED for one in fields(route))
        if not named or name == "POST /chat/oeffnen":
            continue
        for auth in (citizen_token("bernd"), ""):
            answer = await send(town, name, route, anna, auth)
            assert answer.status_code in (401, 403, 404), (name, bool(auth), answer.status_code, answer.text)
            assert GEHEIM not in answer.text, name
            walked[name] += 1
    assert await rows(town) == before
    assert len(walked) >= 17, walked


async def test_the_page_without_javascript_shows_no_foreign_conversation(
    town: World, anna: dict[str, str]
) -> None:
    """Anna's handle in Bernd's browser, logged in as Bernd: by the cookie, and by the door of the widget."""
    town.portal.sessions["bernd"] = citizen_token("bernd")
    town.http.cookies.set(visit.SESSION_COOKIE, "bernd")
    town.http.cookies.set(visit.COOKIE, anna["handle"])
    origin = {"Origin": town.context.settings.own_origins[0]}
    before, walked = await rows(town), 0
    for name, _route in api(town):
        method, path = name.split(" ", 1)
        if path.startswith("/chat"):
            form = {} if method == "GET" else {"data": {"handle": anna["handle"]}}
            answer = await town.http.request(method, path, headers=origin, **form)
            assert GEHEIM not in answer.text, name
            walked += 1
    assert walked >= 5
    assert await rows(town) == before


async def test_the_portal_reaches_only_what_belongs_to_the_account_it_names(
    town: World, anna: dict[str, str]
) -> None:
    """The portal asks for Bernd, with the ids of Anna's link and file: they are unknown, and stay."""
    before, walked = await rows(town), 0
    for name, route in api(town):
        keys = {str(sorted_name(name, one)) for one in fields(route)}
        if guards.portal_only not in set(calls(route.dependant)) or "account" not in keys:
            continue
        if name.endswith(("/codes", "/erasure")):
            continue
        answer = await send(town, name, route, anna | {"account": "bernd"}, PORTAL_TOKEN)
        assert GEHEIM not in answer.text, name
        if keys & set(OWNED) - {"account"} or name.endswith("/notices"):
            assert answer.status_code in (204, 404), (name, answer.status_code)
        walked += 1
    assert walked >= 6
    assert await rows(town) == before
    assert [one["id"] for one in await channel_files.of_account(town.context, "anna")] == [anna["file"]]


@pytest.mark.parametrize("roles", [None, ["clerk"], ["editor"]])
async def test_the_pages_of_the_lead_are_closed_to_everybody_else(
    town: World, roles: list[str] | None
) -> None:
    """Without a session of the office, as a clerk, and (all but hours and canned replies) as an editor."""
    if roles:
        door = StaffDoor(staff_token("berta", roles=roles), "0" * 64)
        town.portal.doors["berta"] = door
        town.http.cookies.set(guards.STAFF_COOKIE, "berta")
    walked = 0
    for name, route in api(town):
        rules = set(calls(route.dependant))
        if not rules & {guards.leading, guards.editing}:
            continue
        if roles == ["editor"] and guards.editing in rules:
            continue
        answer = await send(town, name, route, {}, "")
        away = answer.headers.get("location", "").startswith("/amt/anmelden")
        assert answer.status_code in (401, 403) or away, (name, answer.status_code)
        walked += 1
    assert walked >= 8
