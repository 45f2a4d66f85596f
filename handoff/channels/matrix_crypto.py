"""End-to-end encryption of Matrix rooms: the bot is a device of its own; mautrix does the cryptography (libolm)."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

import aiohttp
from mautrix.api import HTTPAPI
from mautrix.client import Client
from mautrix.crypto import OlmMachine, PgCryptoStore, StateStore
from mautrix.errors import DecryptionError, SessionNotFound
from mautrix.types import (
    JSON,
    DeviceLists,
    DeviceOTKCount,
    EncryptedEvent,
    EncryptionAlgorithm,
    EventType,
    FilterID,
    LoginType,
    RoomEncryptionStateEventContent,
    RoomID,
    ToDeviceEvent,
    UserID,
)
from mautrix.util.async_db import Database

logger = logging.getLogger(__name__)

NOTHING_BUT_KEYS = '{"room":{"rooms":[]},"presence":{"not_types":["*"]},"account_data":{"not_types":["*"]}}'
"""Filter of the bot's sync: rooms come through the appservice."""
SYNC_WAIT_MS = 30_000
KEY_WAIT_S = 5.0
"""So long a message waits for the key that its sender's device sends beside it."""
PAUSE_S = 5.0


class UndecryptableError(Exception):
    """The key of this message did not come, or does not fit. The sender sends it again."""


class _Rooms(StateStore):
    """The bot asks for encrypted rooms only, so every room that it asks for is one."""

    async def is_encrypted(self, room_id: RoomID) -> bool:
        return True

    async def get_encryption_info(self, room_id: RoomID) -> RoomEncryptionStateEventContent:
        return RoomEncryptionStateEventContent(algorithm=EncryptionAlgorithm.MEGOLM_V1)

    async def find_shared_rooms(self, user_id: UserID) -> list[RoomID]:
        return []  # each message has a session of its own: nothing to renew when a device comes or goes


class RoomCrypto:
    """The bot's device.

    Parameters
    ----------
    store
        Where its keys lie: `sqlite:///path` or `postgres://…`; they are encrypted with `pickle_key`.
    """

    def __init__(self, homeserver: str, user_id: str, as_token: str, store: str, pickle_key: str) -> None:
        logging.getLogger("mau.crypto").setLevel(
            logging.ERROR
        )  # it warns of each device that nobody verified
        self._homeserver, self._user_id, self._as_token = homeserver, user_id, as_token
        self._pickle_key = pickle_key
        self._database = Database.create(store, upgrade_table=PgCryptoStore.upgrade_table)
        self._machine: OlmMachine | None = None
        self._task: asyncio.Task[None] | None = None
        self._locks: dict[str, asyncio.Lock] = {}
        self._store: PgCryptoStore | None = None

    async def start(self, session: aiohttp.ClientSession) -> None:
        """Open the store and begin; a homeserver that is away is tried again."""
        await self._database.start()
        self._store = PgCryptoStore(self._user_id, self._pickle_key, self._database)
        self._task = asyncio.create_task(self._run(session))

    async def close(self) -> None:
        """End the sync and close the store."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            await self._database.stop()

    async def ready(self) -> OlmMachine:
        """Wait until the device is known to the homeserver; raises UndecryptableError after a while."""
        for _ in range(int(KEY_WAIT_S / 0.05)):
            if self._machine is not None:
                return self._machine
            await asyncio.sleep(0.05)
        raise UndecryptableError("the bot's device is not ready")

    async def decrypt(self, event: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Decrypt an event; gives its type and content. Raises UndecryptableError."""
        machine = await self.ready()
        try:
            encrypted = EncryptedEvent.deserialize(cast("JSON", dict(event)))
            try:
                found = await machine.decrypt_megolm_event(encrypted)
            except SessionNotFound as error:
                room, session = encrypted.room_id, error.session_id
                if not await machine.wait_for_session(room, session, timeout=KEY_WAIT_S):
                    raise
                found = await machine.decrypt_megolm_event(encrypted)
        except (DecryptionError, SessionNotFound) as error:
            raise UndecryptableError from error
        except Exception as error:  # the vendor's types raise whatever they please on a malformed event
            raise UndecryptableError from error
        return str(found.type), found.content.serialize()

    async def encrypt(self, room: str, user: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Encrypt a message for the devices of one user and no one else, with a session of its own."""
        machine = await self.ready()
        async with self._locks.setdefault(room, asyncio.Lock()):
            await machine.crypto_store.remove_outbound_group_session(RoomID(room))
            await machine.share_group_session(RoomID(room), [UserID(user)])
            encrypted = await machine.encrypt_megolm_event(
                RoomID(room), EventType.ROOM_MESSAGE, dict(content)
            )
        shape: dict[str, Any] = encrypted.serialize()
        return shape

    async def _run(self, session: aiohttp.ClientSession) -> None:
        while True:
            try:
                machine, client = await self._log_in(session)
                self._machine = machine
                while True:
                    await self._sync(machine, client)
            except Exception as error:  # the edge of this worker: the homeserver is away for a moment
                logger.warning("matrix keys not synchronised: %s", type(error).__name__)
                await asyncio.sleep(PAUSE_S)

    async def _log_in(self, session: aiohttp.ClientSession) -> tuple[OlmMachine, Client]:
        store = self._store
        assert store is not None  # noqa: S101  # `start` made it
        api = HTTPAPI(self._homeserver, self._as_token, client_session=session, default_retry_count=0)
        device = await store.get_device_id()
        client = Client(UserID(self._user_id), device or "", api=api)
        await client.login(
            identifier=UserID(self._user_id),
            login_type=LoginType.APPSERVICE,
            device_name="Amtslotse",
            device_id=device,
        )
        await store.put_device_id(client.device_id)
        machine = OlmMachine(client, store, _Rooms())
        await machine.load()
        await machine.share_keys()
        return machine, client

    async def _sync(self, machine: OlmMachine, client: Client) -> None:
        store = self._store
        assert store is not None  # noqa: S101
        since = await store.get_next_batch()
        data = await client.sync(
            since=since or None, timeout=SYNC_WAIT_MS, filter_id=FilterID(NOTHING_BUT_KEYS)
        )
        counts = data.get("device_one_time_keys_count") or {}
        if counts:
            await machine.handle_otk_count(DeviceOTKCount.deserialize(cast("JSON", counts)))
        lists = data.get("device_lists") or {}
        if lists:
            await machine.handle_device_lists(DeviceLists.deserialize(cast("JSON", lists)))
        for raw in (data.get("to_device") or {}).get("events") or []:
            if raw.get("type") != "m.room.encrypted":
                continue
            try:
                await machine.handle_to_device_event(ToDeviceEvent.deserialize(raw))
            except Exception as error:  # one device's nonsense must not keep back the others' keys
                logger.warning("matrix key not understood: %s", type(error).__name__)
        await store.put_next_batch(data["next_batch"])
