"""The Socket.IO server: authentication on connect, one handler for each declared command."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import socketio
from pydantic import ValidationError

from handoff.domain.limits import BODY_MAX_BYTES
from handoff.errors import ForbiddenError, HandoffError, InvalidInputError, LoginNeededError
from handoff.live import citizen, clerk, clerk_ask, clerk_team, queue
from handoff.live.commands import Body, CitizenPass, Command, Desk, StaffPass, commands_of, run
from handoff.live.feed import CITIZENS, CONSOLES
from handoff.live.transport import Server
from handoff.services import access, presence
from handoff.services.tokens import Verifier

AuthT = TypeVar("AuthT", bound=Body)

COMMANDS: dict[str, list[Command]] = {
    CITIZENS: commands_of(citizen),
    CONSOLES: [
        *commands_of(queue),
        *commands_of(clerk),
        *commands_of(clerk_ask),
        *commands_of(clerk_team),
    ],
}


class CitizenAuth(Body):
    """`auth` of a citizen's connection."""

    handle: str
    token: str | None = None
    after: int = 0


class StaffAuth(Body):
    """`auth` of a clerk's connection."""

    token: str


def create_server(origins: Sequence[str]) -> Any:
    """Make the server; browsers with pages of other origins than these are refused."""
    return Server(
        cors_allowed_origins=list(origins),
        cors_credentials=False,  # a token comes in `auth`, never a cookie
        max_http_buffer_size=BODY_MAX_BYTES,
        namespaces=[CITIZENS, CONSOLES],
    )


def register(server: Any, desk: Desk, verifier: Verifier) -> None:
    """Give the server its handlers."""
    passes: dict[str, CitizenPass | StaffPass] = {}

    async def connect_citizen(sid: str, environ: dict[str, Any], auth: object) -> None:
        address = _address(environ)
        try:
            desk.addresses.take(address)
            proof = _auth(CitizenAuth, auth)
            person = verifier.citizen(proof.token) if proof.token else None
            allowed = await access.check(desk.context, proof.handle, person)
            entry = CitizenPass(proof.handle, person, address, allowed)
        except HandoffError as error:
            raise _refusal(error) from error
        passes[sid] = entry
        await desk.feed.join_citizen(sid, allowed.conversation_id, max(0, proof.after))

    async def connect_staff(sid: str, environ: dict[str, Any], auth: object) -> None:
        try:
            desk.addresses.take(_address(environ))
            if environ.get("HTTP_ORIGIN") not in (None, *desk.context.settings.own_origins):
                raise ForbiddenError("Die Konsole gibt es nur auf ihrer eigenen Adresse.")
            staff, until = verifier.staff(_auth(StaffAuth, auth).token)
            if not staff.serves_chats:
                raise ForbiddenError("Ihre Rolle erlaubt keine Gespräche.")
        except HandoffError as error:
            raise _refusal(error) from error
        passes[sid] = StaffPass(staff, until)
        await presence.connected(desk.context, staff)
        desk.feed.enter_console(sid, staff)

    async def disconnect(sid: str, _reason: object = None) -> None:
        passes.pop(sid, None)
        desk.feed.leave(sid)

    server.on("connect", connect_citizen, namespace=CITIZENS)
    server.on("connect", connect_staff, namespace=CONSOLES)
    for namespace, commands in COMMANDS.items():
        server.on("disconnect", disconnect, namespace=namespace)
        for one in commands:
            server.on(one.event, _handler(passes, desk, one), namespace=namespace)


def _handler(passes: Mapping[str, CitizenPass | StaffPass], desk: Desk, declared: Command) -> Any:
    async def handle(sid: str, data: object = None) -> object:
        entry = passes.get(sid)
        if entry is None:
            return {"error": LoginNeededError("Die Verbindung wurde nicht angemeldet.").body()}
        return await run(declared, desk, sid, entry, data)

    return handle


def _auth(model: type[AuthT], auth: object) -> AuthT:
    try:
        return model.model_validate(auth)
    except ValidationError as error:
        raise InvalidInputError("Die Anmeldung der Verbindung ist unvollständig.", field="auth") from error


def _refusal(error: HandoffError) -> Exception:
    refusal: Exception = socketio.exceptions.ConnectionRefusedError(error.message, error.body())
    return refusal


def _address(environ: dict[str, Any]) -> str:
    scope = environ.get("asgi.scope") or {}
    client = scope.get("client") or ("unbekannt", 0)
    return str(client[0])
