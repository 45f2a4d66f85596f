"""Who may speak in which conversation: handles, the citizen's login, the change of handle."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import uuid4

from handoff.context import HandoffContext
from handoff.domain.people import Citizen
from handoff.domain.phase import Phase
from handoff.errors import ConflictError, LoginNeededError, UnknownConversationError
from handoff.schema.tables import ConversationRow
from handoff.services import switches
from handoff.storage import conversations, log, outbox
from handoff.storage.batch import Standing

HANDLE_BYTES = 32
BOUND = (
    "Diese Unterhaltung gehört zu einem Konto. Bitte melden Sie sich an, um sie fortzusetzen. "
    "Alles Bisherige ist gespeichert."
)


@dataclass(frozen=True)
class Access:
    """A proven right to speak as the citizen of this conversation."""

    conversation_id: str
    digest: str | None = None
    """The handle's; None where something else proved the right (a channel's signed message)."""
    account: str | None = None
    """The account whose token came along."""

    def gate(self, standing: Standing) -> None:
        """Check the right once more, inside the transaction that writes.

        Raises
        ------
        UnknownConversationError
            The handle was replaced at a login meanwhile.
        LoginNeededError
            The conversation was tied to an account meanwhile.
        ConflictError
            The conversation is closed (`unterhaltung_beendet`).
        """
        if self.digest is not None:
            if self.digest != standing.handle_digest:
                raise UnknownConversationError
            if standing.account is not None and standing.account != self.account:
                raise LoginNeededError(BOUND)
        check_open(standing.phase)


def check_open(phase: str) -> None:
    """Raise ConflictError `unterhaltung_beendet` when the conversation is closed."""
    if phase == Phase.CLOSED:
        raise ConflictError(
            "Diese Unterhaltung ist beendet. Ihre Nachricht wurde nicht gespeichert. "
            "Bitte beginnen Sie eine neue Unterhaltung.",
            code="unterhaltung_beendet",
        )


def digest(handle: str) -> str:
    """Give the form in which the database knows a handle."""
    return hashlib.sha256(handle.encode("utf-8", "replace")).hexdigest()


async def start(context: HandoffContext, lang: str) -> str:
    """Begin a conversation and return its handle: 256 random bits, base64url.

    While the assistant is switched off, its notice is the first message.
    """
    handle = secrets.token_urlsafe(HANDLE_BYTES)
    now = context.clock()
    off = await switches.assistant_off(context)
    async with context.database.write() as session:
        row = ConversationRow(
            id=str(uuid4()),
            chat=str(uuid4()),
            handle_digest=digest(handle),
            phase=Phase.BOT.value,
            lang=lang,
            last_seq=0,
            created_at=now,
            changed_at=now,
        )
        session.add(row)
        if off is not None:
            await session.flush()
            said = switches.assistant_notice(off)
            await log.append(session, row, message_id=str(uuid4()), author=log.SYSTEM, body=said, at=now)
    return handle


async def check(context: HandoffContext, handle: str, citizen: Citizen | None) -> Access:
    """Check handle and, where the conversation is bound, the citizen's token.

    A token of a newer session of the same account moves the portal's binding to that session.

    Raises
    ------
    UnknownConversationError
        The handle is unknown, or was replaced at a login.
    LoginNeededError
        The conversation is bound, and the token is missing or another account's.
    UnavailableError
        The session is new and the portal does not answer.
    """
    owner = await conversations.owner_by_digest(context.database, digest(handle))
    if owner is None:
        raise UnknownConversationError
    if owner.account is None:
        return Access(owner.id, owner.handle_digest)
    if citizen is None or citizen.account != owner.account:
        raise LoginNeededError(BOUND)
    if (citizen.sid, citizen.trust) != (owner.sid, owner.trust):
        if citizen.sid != owner.sid:
            await context.portal.bind(owner.id, citizen.account, citizen.sid)
        async with context.database.write() as session:
            conversation = await conversations.lock(session, owner.id)
            conversation.sid, conversation.trust = citizen.sid, citizen.trust
    return Access(owner.id, owner.handle_digest, citizen.account)


async def login(context: HandoffContext, handle: str, citizen: Citizen) -> str:
    """Tie a conversation to the citizen's account and give it a new handle; the old one is dead.

    Repeating the same login with the old handle (its answer was lost) returns the same new handle.

    Raises
    ------
    UnknownConversationError
        The handle is unknown.
    LoginNeededError
        The conversation belongs to another account.
    UnavailableError
        The portal does not answer; nothing was changed.
    """
    old = digest(handle)
    new_handle = _next_handle(context, handle, citizen)
    async with context.database.read() as session:
        conversation = await conversations.by_login_digest(session, old)
    if conversation is None or (
        conversation.handle_digest != old and conversation.account != citizen.account
    ):
        raise UnknownConversationError
    if conversation.account not in (None, citizen.account):
        raise LoginNeededError("Diese Unterhaltung gehört zu einem anderen Konto.")
    if conversation.handle_digest != old:
        if conversation.handle_digest != digest(new_handle):
            raise UnknownConversationError
        return new_handle
    await context.portal.bind(conversation.id, citizen.account, citizen.sid)
    async with context.database.write() as session:
        conversation = await conversations.lock(session, conversation.id)
        if conversation.handle_digest == digest(new_handle):
            return new_handle
        if conversation.handle_digest != old:
            raise UnknownConversationError
        conversation.account, conversation.sid, conversation.trust = (
            citizen.account,
            citizen.sid,
            citizen.trust,
        )
        conversation.previous_digest, conversation.handle_digest = old, digest(new_handle)
        conversation.changed_at = context.clock()
        if conversation.phase == Phase.BOT:
            await outbox.add(
                session, conversation.id, str(uuid4()), conversation.changed_at, payload="/logged_in"
            )
    context.hub.handle_changed(conversation.id)
    context.hub.form_changed(conversation.id)
    return new_handle


def _next_handle(context: HandoffContext, handle: str, citizen: Citizen) -> str:
    """Derive the handle after this login: 256 bits that only this server can compute, the same at each repetition."""
    key = context.settings.keys[0].encode()
    said = f"handle\x00{handle}\x00{citizen.account}\x00{citizen.sid}".encode("utf-8", "replace")
    return base64.urlsafe_b64encode(hmac.digest(key, said, "sha256")).rstrip(b"=").decode()
