"""Rasa input channel for the gateway, and for nobody else (docs/protocol/engine.md)."""

import asyncio
import hmac
import logging
import os
import re
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.action_endpoint import ActionEndpoint, check_result
from bot.errors import ConfigurationError, EngineError, MalformedRequestError, TurnFailedError
from bot.lock_store import LocalLockStore
from bot.quiet import configure_logging
from bot.tracker_store import SnapshotTrackerStore, store_of
from bot.turn import Answer, Turn, current_turn

_log = logging.getLogger(__name__)

DEADLINE_S = 25.0
"""After so many seconds a turn is given up; nothing of it is stored."""
LONGEST_TEXT = 20_000
"""Characters of a message that are read; the gateway lets far fewer through."""
TEXTS_AT_ONCE = 50
"""Sentences of one request for understandings."""
LEADING_SLASHES = re.compile(r"^[\s/]+")
_PAYLOAD = re.compile(r"^/[a-z_]{1,64}(\{.*\})?$", re.DOTALL)
_turns = LocalLockStore()
"""A message that comes again while it is still being answered waits for that answer."""
_ID = re.compile(r"^[A-Za-z0-9_.:-]{1,64}$")


@dataclass(frozen=True)
class Incoming:
    """One message of the gateway, checked."""

    conversation_id: str
    message_id: str
    text: str
    metadata: dict[str, Any]
    now: datetime

    @classmethod
    def from_json(cls, body: object) -> "Incoming":
        """Check the body of a request.

        Raises
        ------
        MalformedRequestError
            It is not what docs/protocol/engine.md allows.
        """
        if not isinstance(body, dict):
            raise MalformedRequestError("The body must be a JSON object.")
        for name in ("conversation_id", "message_id"):
            if not isinstance(body.get(name), str) or not _ID.match(body[name]):
                raise MalformedRequestError(f"`{name}` must be an id of at most 64 characters.")
        text, payload, values = body.get("text"), body.get("payload"), body.get("values")
        if (text is None) == (payload is None):
            raise MalformedRequestError("Either `text` or `payload` must be given.")
        if payload is not None and not (isinstance(payload, str) and _PAYLOAD.match(payload)):
            raise MalformedRequestError("`payload` must be /intent or /intent{…}.")
        if text is not None and not isinstance(text, str):
            raise MalformedRequestError("`text` must be a string.")
        metadata = body.get("metadata")
        if not isinstance(metadata, dict) or not isinstance(values, dict | None):
            raise MalformedRequestError("`metadata` must be an object, `values` an object or null.")
        try:
            now = datetime.fromisoformat(str(metadata.get("now")))
        except ValueError as error:
            raise MalformedRequestError("`metadata.now` must be an ISO moment.") from error
        if now.tzinfo is None:
            raise MalformedRequestError("`metadata.now` must carry a zone.")
        said = payload if payload is not None else LEADING_SLASHES.sub("", str(text))[:LONGEST_TEXT]
        return cls(body["conversation_id"], body["message_id"], said, {**metadata, "values": values}, now)


class ReplyChannel(OutputChannel):
    """Collects what the bot says: one reply for one utterance, with its text, buttons and cards together."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    @classmethod
    def name(cls) -> str:
        """Name by which responses may be made for this channel alone."""
        return GatewayChannel.name()

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Add one reply; cards are in the custom part as `{"cards": [...]}`."""
        custom = message.get("custom") or {}
        reply: dict[str, Any] = {"text": (message.get("text") or "").strip()}
        if message.get("buttons"):
            reply["buttons"] = [{"title": b["title"], "payload": b["payload"]} for b in message["buttons"]]
        if custom.get("cards"):
            reply["cards"] = custom["cards"]
        if reply["text"] or len(reply) > 1:
            self._answer.replies.append(reply)


class GatewayChannel(InputChannel):
    """`POST /webhooks/gateway/messages`, idempotent by message id."""

    def __init__(self, token: str) -> None:
        self._token = token

    @classmethod
    def name(cls) -> str:
        """Also the part of the address after /webhooks/."""
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "GatewayChannel":
        """Create the channel; its token comes from the environment, never from a file in the repository.

        Raises
        ------
        ConfigurationError
            AMTSLOTSE_ENGINE_TOKEN is not set.
        """
        token = os.environ.get("AMTSLOTSE_ENGINE_TOKEN", "")
        if not token:
            raise ConfigurationError("AMTSLOTSE_ENGINE_TOKEN is not set; see docs/protocol/tokens.md.")
        configure_logging()
        return cls(token)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The channel's routes."""
        blueprint = Blueprint("gateway", "gateway")

        async def stop(app: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
            if hasattr(app.ctx, "agent"):
                await close(app.ctx.agent)

        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            ready = agent is not None and agent.is_ready()
            return response.json({"status": "ok" if ready else "starting"}, status=200 if ready else 503)

        async def messages(request: Request) -> HTTPResponse:
            if not self._authorised(request):
                return response.json({"code": "dienst_unbekannt"}, status=401)
            try:
                answer = await self._answer(request, on_new_message)
            except EngineError as error:
                _log.error("Turn not done: %s", error)
                return response.json({"code": error.code, "message": str(error)}, status=error.status)
            except Exception as error:
                # Edge of the process: whatever went wrong, nothing was stored and the gateway tries again.
                # Only its kind is logged, because its message may quote what a citizen wrote.
                _log.error("Turn not done: %s", _describe(error))
                return response.json({"code": TurnFailedError.code}, status=TurnFailedError.status)
            return response.json({"replies": answer.replies, "handoff": answer.handoff}, ensure_ascii=False)

        async def forget(request: Request, conversation_id: str) -> HTTPResponse:
            if not self._authorised(request):
                return response.json({"code": "dienst_unbekannt"}, status=401)
            agent = request.app.ctx.agent
            if agent is None or not agent.is_ready():
                return response.json({"code": TurnFailedError.code}, status=TurnFailedError.status)
            store = prepare(agent)
            async with _turns.lock(conversation_id):
                await store.forget(conversation_id)
            return response.empty()

        async def understandings(request: Request) -> HTTPResponse:
            if not self._authorised(request):
                return response.json({"code": "dienst_unbekannt"}, status=401)
            agent = request.app.ctx.agent
            if agent is None or not agent.is_ready():
                return response.json({"code": TurnFailedError.code}, status=TurnFailedError.status)
            try:
                texts = texts_of(request.json)
            except (MalformedRequestError, InvalidUsage) as error:
                return response.json({"code": MalformedRequestError.code, "message": str(error)}, status=422)
            return response.json({"intents": [await intent_of(agent, text) for text in texts]})

        blueprint.listener("after_server_stop")(stop)
        blueprint.add_route(health, "/health", methods=["GET"])
        blueprint.add_route(messages, "/messages", methods=["POST"])
        blueprint.add_route(understandings, "/understandings", methods=["POST"])
        blueprint.add_route(forget, "/conversations/<conversation_id>", methods=["DELETE"])
        return blueprint

    def _authorised(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode())

    async def _answer(self, request: Request, handle: Callable[[UserMessage], Awaitable[Any]]) -> Answer:
        try:
            body = request.json
        except Exception as error:
            raise MalformedRequestError("The body is not JSON.") from error
        incoming = Incoming.from_json(body)
        agent = request.app.ctx.agent
        if agent is None or not agent.is_ready():
            raise TurnFailedError("The model is not loaded yet.")
        store = prepare(agent)
        return await answer(incoming, store, handle, self.name())


async def answer(
    incoming: Incoming,
    store: SnapshotTrackerStore,
    handle: Callable[[UserMessage], Awaitable[Any]],
    channel: str,
) -> Answer:
    """Answer one message once, and the same message again with the stored answer.

    Raises
    ------
    TurnFailedError
        The turn took too long or failed on its way; nothing was stored.
    """
    async with _turns.lock(incoming.conversation_id):
        turn = Turn(incoming.message_id, incoming.now)
        stored = await store.begin(turn, incoming.conversation_id)
        if stored is not None:
            return stored
        message = UserMessage(
            incoming.text,
            ReplyChannel(turn.answer),
            incoming.conversation_id,
            input_channel=channel,
            message_id=incoming.message_id,
            metadata=incoming.metadata,
        )
        token = current_turn.set(turn)
        try:
            async with asyncio.timeout(DEADLINE_S):
                await handle(message)
        except TimeoutError as error:
            raise TurnFailedError(f"No answer within {DEADLINE_S:.0f} s.") from error
        finally:
            current_turn.reset(token)
        return turn.answer


def texts_of(body: object) -> list[str]:
    """Check the body of a request for understandings.

    Raises
    ------
    MalformedRequestError
        It is not `{"texts": [text]}` with at most `TEXTS_AT_ONCE` of them.
    """
    texts = body.get("texts") if isinstance(body, dict) else None
    if (
        not isinstance(texts, list)
        or len(texts) > TEXTS_AT_ONCE
        or not all(isinstance(one, str) for one in texts)
    ):
        raise MalformedRequestError(f"texts must be a list of at most {TEXTS_AT_ONCE} texts.")
    return [LEADING_SLASHES.sub("", one)[:LONGEST_TEXT] for one in texts]


async def intent_of(agent: Agent, text: str) -> str | None:
    """Say what a sentence is understood as, outside of any conversation; turns that wait come in between."""
    await asyncio.sleep(0)
    parsed = await agent.parse_message(text)
    return parsed["intent"].get("name")


def prepare(agent: Agent) -> SnapshotTrackerStore:
    """Put the engine's own store and action endpoint into the agent; done once, cheap afterwards."""
    store = store_of(agent)
    if not isinstance(agent.processor.action_endpoint, ActionEndpoint):
        configured = agent.processor.action_endpoint
        url = os.environ.get("AMTSLOTSE_ACTIONS_URL") or (configured.url if configured else None)
        if not url:
            raise ConfigurationError("endpoints.yml names no action_endpoint.")
        agent.action_endpoint = ActionEndpoint(url, **(configured.kwargs if configured else {}))
        agent.processor.action_endpoint = agent.action_endpoint
        RemoteAction._validate_action_result = check_result
    return store


async def close(agent: Agent) -> None:
    """Close what `prepare` opened."""
    if isinstance(agent.action_endpoint, ActionEndpoint):
        await agent.action_endpoint.close()
    if isinstance(agent.tracker_store, SnapshotTrackerStore):
        await agent.tracker_store.close()


def _describe(error: Exception) -> str:
    """Kind and place of an exception, without its message."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno}"
