"""Over real sockets: no command reaches a chat of another clerk or a conversation of another citizen.

The commands and the fields of their bodies come from the server's own list. A field that nobody has sorted fails the walk.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import socketio
from fake_portal import draft
from handoff_line import Client, line
from handoff_world import World, citizen_token, staff_token
from sqlalchemy import select

from handoff.live.commands import Command, Rule
from handoff.live.feed import CITIZENS, CONSOLES
from handoff.live.server import COMMANDS
from handoff.schema.base import Base

GEHEIM = "Annasgeheimnis"
OWNED = {"chat", "ask", "offer"}
"""Names by which commands take what belongs to somebody's chat."""
NOBODYS: dict[str, Any] = {
    "after": 0,
    "capacity": 2,
    "clerk": None,
    "client_id": "x1",
    "field": "steuer_id",
    "kind": "daten",
    "legal_basis": "",
    "note": "",
    "office": "BÜRGERcenter",
    "payload": None,
    "presence": "da",
    "purpose": "Rückruf",
    "reason": "sonstiges",
    "result": "erledigt",
    "seq": 1,
    "service": "wohnsitz_anmelden",
    "text": "Hallo",
    "transcript": True,
    "typing": True,
    "value": "x",
    "values": None,
    "verdict": "falsch",
    "wanted": "",
    "what": "kontakt",
    "words": "hund",
}
"""Names of everything else → a value that fits."""
CHANGES_ONESELF = {"chat.next", "chat.claim", "presence.set", "heartbeat"}
"""Commands about the caller's own work. A claimed chat is not waiting, so `chat.claim` is walked apart."""
EVERY = [(space, one) for space, commands in COMMANDS.items() for one in commands]


def body_of(command: Command, things: dict[str, str]) -> dict[str, Any]:
    return {
        name: things.get(name, "unbekannt") if name in OWNED else NOBODYS[name]
        for name in command.body.model_fields
    }


async def rows(town: World) -> set[str]:
    """What lies in the database, but for who is on duty."""
    async with town.context.database.read() as session:
        return {
            f"{table.name} {tuple(row)!r}"
            for table in Base.metadata.sorted_tables
            if table.name not in {"clerks", "desk_colleagues", "jobs"}
            for row in await session.execute(select(table))
        }


@dataclass
class Scene:
    """Anna's conversation in Berta's hands, with something asked and a chat that is offered to a colleague."""

    town: World
    connect: Any
    handle: str
    things: dict[str, str]


@asynccontextmanager
async def scene(town: World) -> AsyncIterator[Scene]:
    handle = (await town.login(await town.start(), citizen_token("anna"))).json()["handle"]
    town.portal.draft = draft()
    async with line(town) as connect:
        anna = await connect().connect(handle=handle, token=citizen_token("anna"))
        berta = await connect("/konsole").connect(token=staff_token("berta"))
        await berta.call("desk.list")
        await anna.call("send", {"client_id": "c0", "text": f"Das ist {GEHEIM}"})
        await anna.call("send", {"client_id": "c1", "text": "mensch"})
        chat = (await berta.event("queue", lambda q: q["waiting"]))["waiting"][0]["chat"]
        await berta.call("chat.claim", {"chat": chat})
        wish = {"kind": "daten", "what": "kontakt", "purpose": GEHEIM}
        await berta.call("chat.ask", {"chat": chat, "client_id": "k1", **wish})
        (ask,) = (await berta.call("chat.open", {"chat": chat}))["asks"]
        yield Scene(town, connect, handle, {"chat": chat, "ask": ask["id"]})


def test_every_field_of_every_command_is_sorted() -> None:
    read = {name for _, one in EVERY for name in one.body.model_fields}
    assert read == OWNED | set(NOBODYS)


async def test_no_command_of_a_console_reaches_a_foreign_chat(town: World) -> None:
    """A clerk of another office, who is in no chat, with the chat and the ask that are Berta's."""
    async with scene(town) as s:
        token = staff_token("carla", office="Abteilung Steuern", function="Sachbearbeitung")
        carla: Client = await s.connect("/konsole").connect(token=token)
        await carla.call("desk.list")
        await town.idle()
        before, walked = await rows(town), 0
        for space, command in EVERY:
            if space != CONSOLES:
                continue
            answer = await carla.call(command.event, body_of(command, s.things))
            assert GEHEIM not in json.dumps(answer, ensure_ascii=False), command.event
            if command.rule is not Rule.STAFF or command.event in ("chat.claim", "offer.accept"):
                assert answer["error"]["code"] != "unerwarteter_fehler", (command.event, answer)
                walked += 1
        assert await rows(town) == before
        assert walked >= 22, walked
        assert GEHEIM not in json.dumps(carla.events, ensure_ascii=False)


async def test_no_connection_is_made_to_a_foreign_conversation(town: World) -> None:
    async with scene(town) as s:
        for auth in ({"token": citizen_token("bernd")}, {}):
            with pytest.raises(socketio.exceptions.ConnectionError):
                await s.connect().connect(handle=s.handle, **auth)


async def test_a_connection_from_before_the_login_has_no_command_left(town: World) -> None:
    """Who held the handle before Anna logged in (a shared screen) can neither read nor write afterwards."""
    handle = await town.start()
    async with line(town) as connect:
        before: Client = await connect().connect(handle=handle)
        bound = (await town.login(handle, citizen_token("anna"))).json()["handle"]
        await town.send(bound, f"Das ist {GEHEIM}", auth=citizen_token("anna"))
        await town.idle()
        stored, walked = await rows(town), 0
        for space, command in EVERY:
            if space != CITIZENS:
                continue
            try:
                answer = await before.call(command.event, body_of(command, {}))
            except (socketio.exceptions.BadNamespaceError, socketio.exceptions.DisconnectedError):
                answer = {"error": {"code": "getrennt"}}
            assert "error" in (answer or {}), (command.event, answer)
            walked += 1
        assert walked == len(COMMANDS[CITIZENS])
        assert await rows(town) == stored
        assert GEHEIM not in json.dumps(before.events, ensure_ascii=False)


async def test_no_button_of_another_conversation_can_be_pressed(town: World) -> None:
    """Bernd, in his own conversation, with the payloads that answer what Anna was asked."""
    async with scene(town) as s:
        own = (await town.login(await town.start(), citizen_token("bernd"))).json()["handle"]
        bernd: Client = await s.connect().connect(handle=own, token=citizen_token("bernd"))
        await town.idle()
        before = await rows(town)
        for number, word in enumerate(("release", "topic", "decline", "withdraw")):
            payload = f'/ask_{word}{{"id": "{s.things["ask"]}"}}'
            answer = await bernd.call("send", {"client_id": f"b{number}", "payload": payload})
            assert answer["error"]["code"], word
        assert await rows(town) == before
        assert town.portal.releases == {}
