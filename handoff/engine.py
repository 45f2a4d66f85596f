"""The door to the assistant: one HTTP call per turn (docs/protocol/engine.md)."""

from collections.abc import Sequence

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from handoff.domain.message import Answer, Body, Handover, Object, Turn
from handoff.domain.reasons import reason_of
from handoff.ports import EngineDownError, EngineFaultError

UNDERSTANDING_S = 5.0
"""Longest wait for what sentences are understood as: a page waits for it, and is useful without."""
DOWN = {401, 403, 404, 429, 502, 503, 504}
"""Statuses of an engine that is starting, overloaded or not configured yet: nothing is wrong with the message."""


class _Button(BaseModel):
    title: str
    payload: str


class _Reply(BaseModel):
    text: str = ""
    buttons: list[_Button] = []
    cards: list[dict[str, JsonValue]] = []


class _Handover(BaseModel):
    reason: str = "wunsch"
    topic: str | None = None
    service: str | None = None
    summary: list[str] | str = []

    def lines(self) -> list[str]:
        text = self.summary
        return [line for line in text.splitlines() if line] if isinstance(text, str) else text


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    replies: list[_Reply]
    handover: _Handover | None = Field(default=None, alias="handoff")


class _Understandings(BaseModel):
    intents: list[str | None]


class HttpEngine:
    """The real engine. Over aiohttp, whose call costs a third of httpx's: each message of each citizen is one.

    Parameters
    ----------
    url
        Address of the engine's server, without path.
    token
        Service token.
    timeout_s
        Longest wait for one turn.
    """

    def __init__(self, url: str, token: str, timeout_s: float) -> None:
        self._base = f"{url}/webhooks/gateway"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._session: aiohttp.ClientSession | None = None

    async def turn(self, turn: Turn) -> Answer:
        """Let the engine answer one message; see `handoff.ports.Engine.turn`."""
        try:
            async with self._connection().post(f"{self._base}/messages", json=turn.request()) as response:
                content = await response.read()
        except TimeoutError as error:
            raise EngineDownError("timeout") from error
        except aiohttp.ClientError as error:
            raise EngineDownError(type(error).__name__) from error
        if response.status in DOWN:
            raise EngineDownError(f"status {response.status}")
        if response.status != 200:
            raise EngineFaultError(f"status {response.status}")
        try:
            answer = _Answer.model_validate_json(content)
        except ValidationError as error:
            raise EngineFaultError("malformed answer") from error
        return Answer(
            [_body(reply) for reply in answer.replies if reply.text or reply.cards or reply.buttons],
            None if answer.handover is None else _handover(answer.handover),
        )

    async def understand(self, texts: Sequence[str]) -> list[str | None]:
        """Say what sentences are understood as; see `handoff.ports.Engine.understand`."""
        timeout = aiohttp.ClientTimeout(total=UNDERSTANDING_S)
        try:
            async with self._connection().post(
                f"{self._base}/understandings", json={"texts": list(texts)}, timeout=timeout
            ) as response:
                content = await response.read()
        except TimeoutError as error:
            raise EngineDownError("timeout") from error
        except aiohttp.ClientError as error:
            raise EngineDownError(type(error).__name__) from error
        try:
            found = _Understandings.model_validate_json(content)
        except ValidationError as error:
            raise EngineDownError(f"status {response.status}") from error
        return found.intents

    async def forget(self, conversation_id: str) -> None:
        """Let the engine delete a conversation; see `handoff.ports.Engine.forget`."""
        try:
            async with self._connection().delete(f"{self._base}/conversations/{conversation_id}") as response:
                if response.status != 204:
                    raise EngineDownError(f"status {response.status}")
        except TimeoutError as error:
            raise EngineDownError("timeout") from error
        except aiohttp.ClientError as error:
            raise EngineDownError(type(error).__name__) from error

    def _connection(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=self._headers, timeout=self._timeout)
        return self._session

    async def close(self) -> None:
        """Close connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _body(reply: _Reply) -> Body:
    buttons: list[Object] = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
    cards: list[Object] = [dict(card) for card in reply.cards]
    return Body(reply.text, buttons, cards)


def _handover(handover: _Handover) -> Handover:
    return Handover(reason_of(handover.reason), handover.topic, handover.lines(), handover.service)
