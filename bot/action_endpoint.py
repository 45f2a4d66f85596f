"""The way to the action server: one open connection, and no silence when it fails."""

from typing import Any

import aiohttp
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rasa.core.actions.action import ClientResponseError, RemoteAction
from rasa.utils.endpoints import EndpointConfig

from bot.errors import TurnFailedError
from bot.turn import current_turn

_TIMEOUT_S = 20.0
_REJECTED = 400
_RESULT = Draft202012Validator(RemoteAction.action_response_format_spec())


class ActionEndpoint(EndpointConfig):
    """Rasa's action endpoint with a kept connection.

    Rasa goes on without the events of an action that failed, and the citizen's answer would be lost. Here the failure
    marks the turn, which is then not stored, and the gateway sends the message again.
    """

    def __init__(self, url: str, **kwargs: Any) -> None:
        super().__init__(url, **kwargs)
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Call the action server; `400` is Rasa's "action rejected" and no failure.

        Raises
        ------
        ClientResponseError
            The server answered with an error.
        aiohttp.ClientError, TimeoutError
            It did not answer.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S))
        try:
            async with self._session.request(method, self.url, json=kwargs["json"]) as response:
                if response.status >= _REJECTED:
                    raise ClientResponseError(response.status, response.reason or "", await response.read())
                return await response.json()
        except (ClientResponseError, aiohttp.ClientError, TimeoutError) as error:
            turn = current_turn.get()
            if turn is not None and getattr(error, "status", None) != _REJECTED:
                turn.failure = TurnFailedError(f"An action failed: {type(error).__name__}")
            raise

    async def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def check_result(_action: RemoteAction, result: dict[str, Any]) -> bool:
    """What Rasa checks in an action's answer, by its schema.

    Rasa's own method also checks that schema against the schema of schemas at each call, which is half of a turn.

    Raises
    ------
    jsonschema.ValidationError
        The answer has another shape.
    """
    _RESULT.validate(result)
    return True
