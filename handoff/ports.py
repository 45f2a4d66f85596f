"""What the gateway needs from the other parts: the portal and the engine. Each has one real adapter and fakes in tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from fastapi import APIRouter

from handoff.domain.channel import Capability, Outgoing
from handoff.domain.message import Answer, Message, Object, Turn
from handoff.domain.offers import Json
from handoff.domain.people import Staff


@dataclass(frozen=True)
class Secret:
    """A number that now lies in the portal's vault."""

    ref: str
    display: str
    """The masked form that may be shown and stored."""


@dataclass(frozen=True)
class StaffDoor:
    """A live staff session of the portal."""

    token: str
    """For the gateway, as consoles use it."""
    csrf: str
    """What the forms of its pages carry."""


@dataclass(frozen=True)
class FileCheck:
    """What a file is, by its content. `scanner` says what was looked for; None when the scanner did not answer."""

    media_type: str
    scanner: str | None


class FileRefusedError(Exception):
    """The file is none of those that are taken, or malware; the message is a sentence for the citizen."""


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

    async def understand(self, texts: Sequence[str]) -> list[str | None]:
        """Give the intent that each of at most 50 sentences is understood as, outside of conversations. Raises EngineDownError."""
        ...

    async def forget(self, conversation_id: str) -> None:
        """Let the engine delete what it keeps of a conversation, after the turn that it may be in. Raises EngineDownError."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


@dataclass(frozen=True)
class Delivery:
    """A message of the log on its way to a messenger or mailbox."""

    key: str
    """The same at each try; a channel that knows idempotency passes it on."""
    conversation_id: str
    address: str
    """As it was bound: a chat id, a telephone number, a room, a mail address."""
    message: Message | None
    """None for a notice of the portal, which is no part of the conversation."""
    outgoing: Outgoing
    """What to show, cut down to the channel's capability."""
    details: Mapping[str, Json] = field(default_factory=dict)
    """What the adapter noted of the address, for answering in the same thread."""
    heard_at: datetime | None = None
    """When the citizen last wrote from there."""


@dataclass(frozen=True)
class Notice:
    """Something that the gateway asks of the portal, once."""

    key: str
    """The idempotency key; the portal does it once however often it is asked."""
    conversation_id: str
    body: Mapping[str, Json]
    """`{"art": …}` and what that kind needs (docs/protocol/delivery.md)."""


class ReceiverDownError(Exception):
    """The receiver does not answer, or asks to come back later. Worth repeating for as long as it takes.

    Parameters
    ----------
    why
        For the log; no content, no address.
    after_s
        How long the receiver asks to wait; None leaves it to the courier's backoff.
    """

    def __init__(self, why: str, after_s: float | None = None) -> None:
        super().__init__(why)
        self.after_s = after_s


class ReceiverRefusedError(Exception):
    """The receiver will never take this: unknown address, blocked, malformed. Not repeated."""


class Channel(Protocol):
    """A messenger or mailbox; one adapter each in `handoff/channels`, named as in `ChannelRow.channel`."""

    @property
    def capability(self) -> Capability:
        """What it can carry and may show; its name is the one in the bindings: `telegram`, `mail`, …"""
        ...

    def capability_for(self, details: Mapping[str, Json]) -> Capability:
        """Give what holds for one address, by what the adapter noted of it."""
        ...

    @property
    def contact(self) -> str:
        """How citizens find it (`@stadt_bot`, a number, a mail address); empty if the town named nothing."""
        ...

    def router(self) -> APIRouter:
        """Give the routes through which it receives."""
        ...

    async def start(self, context: Any) -> None:
        """Begin to poll, if it is polled; `context` is the `HandoffContext`."""
        ...

    async def deliver(self, delivery: Delivery) -> None:
        """Bring one message to its address. Called for one message of a conversation at a time, in order.

        At least once: after a crash the same `key` comes again. Raises `ReceiverDownError` or
        `ReceiverRefusedError`; anything else counts as down.
        """
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


class Notifier(Protocol):
    """Carries notices to where they take effect; the real one asks the portal."""

    async def notify(self, notice: Notice) -> Mapping[str, Json]:
        """Bring about a notice's effect, once per key; gives what the conversation is to be told of it.

        Raises
        ------
        ReceiverDownError, ReceiverRefusedError
        """
        ...


class ConsolePortal(Protocol):
    """What the clerks' desk needs from the portal. Every look at personal data is logged there for the citizen.

    Besides what each method names, all raise `handoff.errors.UnavailableError`, and `LoginNeededError` when the citizen's
    session has ended.
    """

    async def staff_door(self, cookie: str) -> StaffDoor | None:
        """Ask whose session a browser's staff cookie is; None when it has ended."""
        ...

    async def console_citizen(self, conversation_id: str, staff: Staff) -> Mapping[str, Json] | None:
        """Give `{trust, address_locked, data_sets: [{id, label, fields}]}`, none of her data; None without a login."""
        ...

    async def console_draft(self, conversation_id: str, staff: Staff) -> Mapping[str, Json] | None:
        """Give the current draft as this clerk sees it: released values, sensitive ones masked; None without one."""
        ...

    async def entry(self, conversation_id: str, service_id: str) -> Mapping[str, Json] | None:
        """Give a service's catalogue entry: fee, deadline, documents, law, sources with marks, protection; None if unknown."""
        ...

    async def find_services(self, conversation_id: str, words: str) -> list[Object]:
        """Find services by words: `{id, name}`, best first."""
        ...

    async def release_to_office(
        self, conversation_id: str, *, kind: str, id: str, office: str, purpose: str, key: str
    ) -> Mapping[str, Json]:
        """Record that she released a data set (`daten`) or a document (`dokument`); gives `{id, label, fields}`.

        Raises ConflictError or ForbiddenError (`auskunftssperre`).
        """
        ...

    async def withdraw_release(self, conversation_id: str, release: str, *, key: str) -> None:
        """Record that she took it back."""
        ...

    async def released_values(self, conversation_id: str, release: str, staff: Staff) -> list[Object]:
        """Give `{label, value, source, date}` of a released data set.

        Raises ConflictError (taken back) or ForbiddenError (another office's, `auskunftssperre`).
        """
        ...

    async def log_transfer(
        self,
        conversation_id: str,
        staff: Staff,
        *,
        to: str,
        legal_basis: str,
        content: Sequence[str],
        service: str | None,
        key: str,
    ) -> None:
        """Note in her log that the conversation goes to another office, and with what."""
        ...

    async def file_note(
        self,
        conversation_id: str,
        staff: Staff,
        *,
        draft: str,
        text: str,
        lines: Sequence[Object],
        key: str,
    ) -> Mapping[str, Json]:
        """File a Vermerk to an application; gives `{id, service, office, reference}`."""
        ...

    async def put_evidence(
        self,
        conversation_id: str,
        draft: str,
        evidence: str,
        *,
        document: str,
        version: int,
        key: str,
    ) -> None:
        """Tie an uploaded document to the application; raises DraftChangedError."""
        ...


class Portal(ConsolePortal, Protocol):
    """The service backend. Every method raises `handoff.errors.UnavailableError` when it does not answer."""

    notifier: Notifier
    """Where notices take effect."""

    async def bind(self, conversation_id: str, citizen_account: str, sid: str) -> None:
        """Tie the conversation to a citizen's session."""
        ...

    async def citizen_token(self, session: str) -> str | None:
        """Give a token for the login that a browser's session cookie holds; None if there is none any more."""
        ...

    async def keep_secret(self, conversation_id: str, kind: str, value: str, key: str) -> Secret:
        """Put a recognised number into the vault; `key` makes repeating safe."""
        ...

    async def check_file(self, conversation_id: str, content: bytes) -> FileCheck:
        """Check a file by its content and for malware; the portal stores nothing of it.

        Raises
        ------
        FileRefusedError
        """
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
        """Give a service's name, office, fee, deadline and address of its page; None if unknown."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...
