"""Every door has a rule: socket commands and HTTP routes."""

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from handoff_world import world

from handoff.channels import rasa_rest
from handoff.live.commands import ChatBody, Command, Rule
from handoff.live.feed import CITIZENS, CONSOLES
from handoff.live.server import COMMANDS
from handoff.web import (
    channels,
    console,
    conversations,
    internal,
    lead,
    lead_care,
    lead_examples,
    lead_switches,
    onward,
    plain,
)
from handoff.web.guards import RULES, editing, leading

LEAD_PARTS = (lead, lead_care, lead_examples, lead_switches)
PARTS = (internal, conversations, console, rasa_rest, channels, onward, plain, *LEAD_PARTS)
CONSOLE_EVENTS = {
    "queue.list", "chat.claim", "chat.open", "chat.send", "chat.typing", "chat.resume", "chat.propose",
    "chat.reveal", "chat.hand_back", "chat.release", "chat.close", "heartbeat", "chat.next", "presence.set",
    "chat.end_abuse", "chat.mark", "chat.read",
    "chat.ask", "chat.released", "chat.note", "chat.file", "chat.replies", "service.search", "service.facts",
    "desk.list", "chat.hand_on", "chat.take_back", "offer.accept", "chat.step_out",
}  # fmt: skip


def _calls(dependant: Dependant) -> set[object]:
    found = {dependant.call}
    for inner in dependant.dependencies:
        found |= _calls(inner)
    return found


def test_every_route_has_an_auth_rule():
    routes = [route for part in PARTS for route in part.router.routes]
    assert len(routes) >= 40
    for route in routes:
        assert isinstance(route, APIRoute)
        assert _calls(route.dependant) & set(RULES), route.path


def test_the_leads_pages_are_for_leads_and_editors_only():
    for part in LEAD_PARTS:
        for route in part.router.routes:
            assert _calls(route.dependant) & {leading, editing}, route.path
            assert route.path.startswith("/konsole/leitung")


async def test_the_app_has_no_other_routes(tmp_path):
    async with world(f"sqlite+aiosqlite:///{tmp_path / 'h.db'}") as town:
        mounts = {getattr(route, "path", None) for route in town.app.routes} - {None}
        known = {route.path for part in PARTS for route in part.router.routes}
        assert mounts - known <= {"/live/socket.io", "/socket.io", "/live/ui", ""}


def test_every_command_has_an_auth_rule():
    assert {one.event for one in COMMANDS[CITIZENS]} == {"send", "resume", "typing", "read"}
    assert {one.event for one in COMMANDS[CONSOLES]} == CONSOLE_EVENTS
    for one in COMMANDS[CITIZENS]:
        assert one.rule is (Rule.HANDLE_AT_WRITE if one.event == "send" else Rule.HANDLE)
    for one in COMMANDS[CONSOLES]:
        assert isinstance(one, Command)
        assert one.rule in (Rule.STAFF, Rule.OWN_CHAT, Rule.IN_CHAT, Rule.IN_CHAT_OR_LEAD)
        if one.rule is not Rule.STAFF:
            assert issubclass(one.body, ChatBody)


async def test_the_server_serves_the_declared_commands_only(tmp_path):
    async with world(f"sqlite+aiosqlite:///{tmp_path / 'h.db'}") as town:
        mount = next(route for route in town.app.routes if getattr(route, "path", "") == "/live/socket.io")
        handlers = mount.app.engineio_server.handlers
        for namespace, commands in COMMANDS.items():
            assert set(handlers[namespace]) == {"connect", "disconnect", *(one.event for one in commands)}
