"""What the gateway needs from the other parts: the portal and the engine. Each has one real adapter and fakes in tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from handoff.domain.message import Answer, Turn
from handoff.domain.offers import Json
from handoff.domain.people import Staff


@dataclass(frozen=True)
class Secret:
    """A number that now lies in the portal's vault."""

    ref: str
    display: str
    """The masked form that may be shown and stored."""


class DraftChangedError(Exception):
    """The draft has another version than the caller thought. The caller reads it again and decides."""


class EngineDownError(Exception):
    """The engine does not answer, or says that it cannot now. Worth repeating for as long as it takes."""


class EngineFaultError(Exception):
    """The engine answered this turn with a fault or nonsense. Worth repeating a few times."""


class Engine(Protocol):
    """The assistant."""

    async def turn(self, turn: Turn) -> Answer:
        """Let the engine answer one message; idempotent by message id.

        Raises
        ------
        EngineDownError, EngineFaultError
        """
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


class Portal(Protocol):
    """The service backend. Every method raises `handoff.errors.UnavailableError` when it does not answer."""

    async def bind(self, conversation_id: str, citizen_account: str, sid: str) -> None:
        """Tie the conversation to a citizen's session."""
        ...

    async def keep_secret(self, conversation_id: str, kind: str, value: str, key: str) -> Secret:
        """Put a recognised number into the vault; `key` makes repeating safe."""
        ...

    async def current_draft(self, conversation_id: str) -> Mapping[str, Json] | None:
        """Give the conversation's current draft, sensitive values masked; None without one or without a login."""
        ...

    async def put_field(
        self,
        conversation_id: str,
        draft: str,
        field: str,
        *,
        version: int,
        value: str | None,
        secret_ref: str | None,
        key: str,
    ) -> None:
        """Write a clerk's accepted correction.

        Raises
        ------
        DraftChangedError
            The draft has another version.
        handoff.errors.InvalidInputError
            The value does not fit the field.
        handoff.errors.LoginNeededError
            The citizen's session has ended.
        """
        ...

    async def reveal(self, conversation_id: str, draft: str, field: str, staff: Staff) -> str:
        """Give a field's unmasked value; the portal logs the look for the citizen."""
        ...

    async def service(self, conversation_id: str, service_id: str) -> Mapping[str, Json] | None:
        """Give a service's name, fee, deadline and address of its page; None if unknown."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...
