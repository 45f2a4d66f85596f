"""Encrypted rooms: a citizen's device and the bot's exchange keys over a homeserver that sees none of what is said."""

import aiohttp
import pytest
from handoff_world import citizen_token, served, sqlite, world
from homeserver import Homeserver
from mautrix.api import HTTPAPI
from mautrix.client import Client
from mautrix.crypto import MemoryCryptoStore, OlmMachine
from mautrix.crypto.attachments import encrypt_attachment
from mautrix.types import EncryptedEvent, EventType, ToDeviceEvent

from handoff.channels.matrix import Matrix
from handoff.channels.matrix_crypto import RoomCrypto, _Rooms
from handoff.services import linking

BOT, ANNA, ROOM = "@amtslotse:stadt.example", "@anna:stadt.example", "!raum:stadt.example"
URL = "/webhooks/matrix/_matrix/app/v1/transactions"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


class Device:
    """Anna's phone."""

    def __init__(self, home, url, name, session):
        self.home, self.name, self.read = home, name, 0
        api = HTTPAPI(url, f"{ANNA}|{name}", client_session=session, default_retry_count=0)
        self.client = Client(ANNA, name, api=api)
        self.machine = OlmMachine(self.client, MemoryCryptoStore(ANNA, "x"), _Rooms())

    async def begin(self):
        await self.machine.load()
        await self.machine.share_keys()

    async def seal(self, number, content):
        await self.machine.crypto_store.remove_outbound_group_session(ROOM)
        await self.machine.share_group_session(ROOM, [BOT])
        sealed = await self.machine.encrypt_megolm_event(ROOM, EventType.ROOM_MESSAGE, content)
        return {"type": "m.room.encrypted", "event_id": f"$e{number}", "room_id": ROOM, "sender": ANNA, "origin_server_ts": 1, "content": sealed.serialize()}  # fmt: skip

    async def texts(self):
        """Everything that the bot sent, decrypted on this device."""
        inbox = self.home.inbox[ANNA, self.name]
        while inbox:
            await self.machine.handle_to_device_event(ToDeviceEvent.deserialize(inbox.pop(0)))
        said = []
        for number, (kind, _txn, content) in enumerate(self.home.sent):
            assert kind == "m.room.encrypted", content
            event = EncryptedEvent.deserialize({"type": kind, "event_id": f"$out{number}", "room_id": ROOM, "sender": BOT, "origin_server_ts": 1, "content": content})  # fmt: skip
            said.append((await self.machine.decrypt_megolm_event(event)).content.serialize()["body"])
        return said


@pytest.fixture(params=[False, True], ids=["foreign server", "own server"])
async def town(request, tmp_path):
    home = Homeserver("as-geheim", BOT)
    async with served(home.app) as url, aiohttp.ClientSession() as session:
        crypto = RoomCrypto(url, BOT, "as-geheim", f"sqlite:///{tmp_path / 'matrix.db'}", "schluessel")
        channel = Matrix(url, BOT, "as-geheim", "hs-geheim", crypto=crypto, own=request.param)
        async with world(sqlite(tmp_path), channels=[channel]) as one:
            one.home, one.own = home, request.param
            one.phone = Device(home, url, "PHONE", session)
            await crypto.ready()
            await one.phone.begin()
            yield one


async def put(town, *events, expected=200):
    headers = {"Authorization": "Bearer hs-geheim"}
    answer = await town.http.put(
        f"{URL}/t{len(town.home.sent)}", json={"events": list(events)}, headers=headers
    )
    assert answer.status_code == expected, answer.text
    await town.idle()


async def say(town, number, text):
    event = await town.phone.seal(number, {"msgtype": "m.text", "body": text})
    await put(town, event)
    return event


async def test_a_conversation_that_the_homeserver_cannot_read(town):
    event = await say(town, 1, "hallo, geheim")
    assert [turn.text for turn in town.bot.turns] == ["hallo, geheim"]
    await put(town, event)
    assert len(town.bot.turns) == 1
    await say(town, 2, "knopf")
    await say(town, 3, "1")
    assert town.bot.turns[-1].payload == '/start{"service": "a"}'
    said = await town.phone.texts()
    assert "Computerprogramm" in said[0]
    assert ("der Server gehört der Stadt" in said[0]) is town.own
    assert said[1] == "Echo: hallo, geheim"
    assert "geheim" not in str(town.home.sent)


async def test_personal_content_only_on_the_towns_own_server_and_to_the_linked_citizen(town):
    await say(town, 1, "hallo")
    code = (await linking.new_code(town.context, "anna"))["code"]
    await say(town, 2, f"Verbinden {code}")
    linked = (await town.phone.texts())[-1]
    assert ("Ab jetzt steht hier auch Persönliches" in linked) is town.own
    assert ("Persönliches zeige ich hier weiterhin nicht" in linked) is not town.own
    assert [one["shows"] for one in await linking.linked(town.context, "anna")] == ["personal" if town.own else "public"]  # fmt: skip
    await say(town, 3, "Link")
    token = (await town.phone.texts())[-1].partition("/weiter/")[2].split()[0]
    page = await town.http.post(f"/weiter/{token}")
    handle = page.text.partition('data-handle="')[2].partition('"')[0]
    bound = (await town.login(handle, citizen_token("anna"))).json()["handle"]
    await town.idle()
    await town.send(bound, "mein Bescheid", client_id="p1", auth=citizen_token("anna"))
    await town.idle()
    last = (await town.phone.texts())[-1]
    assert (last == "Echo: mein Bescheid") is town.own
    assert ("/weiter/" in last) is not town.own
    # what comes in the clear is answered as in any room without encryption
    before = len(town.home.sent)
    await put(town, {"type": "m.room.message", "event_id": "$klar", "room_id": ROOM, "sender": ANNA, "content": {"msgtype": "m.text", "body": "offen"}})  # fmt: skip
    assert all("/weiter/" in content["body"] for _kind, _txn, content in town.home.sent[before:])


async def test_a_message_whose_key_is_missing_is_said_and_not_stored(town, monkeypatch):
    monkeypatch.setattr("handoff.channels.matrix_crypto.KEY_WAIT_S", 0.1)
    event = await town.phone.seal(1, {"msgtype": "m.text", "body": "x"})
    event["content"]["session_id"] = "unbekannt"
    await put(town, event)
    for number, content in enumerate(
        ({}, {"algorithm": "m.megolm.v1.aes-sha2"}, {"algorithm": "x", "ciphertext": 7})
    ):
        await put(town, {**event, "event_id": f"$kaputt{number}", "content": content})
    assert not town.bot.turns
    assert "entschlüsseln" in (await town.phone.texts())[1]
    await say(town, 2, "nochmal")
    assert town.bot.turns[-1].text == "nochmal"


async def test_an_encrypted_file_is_opened_and_kept(town):
    sealed, file = encrypt_attachment(PDF)
    town.home.media["ABC"] = sealed
    content = {
        "msgtype": "m.file",
        "body": "a.pdf",
        "file": {**file.serialize(), "url": "mxc://stadt.example/ABC"},
    }
    await put(town, await town.phone.seal(1, content))
    assert any("„a.pdf“ ist gespeichert" in text for text in await town.phone.texts())
    content["file"]["hashes"] = {"sha256": "falsch"}
    await put(town, await town.phone.seal(2, content))
    assert any("„a.pdf“: Sie wurde nicht gespeichert" in text for text in await town.phone.texts())


async def test_the_bots_device_survives_a_restart(tmp_path):
    home = Homeserver("as-geheim", BOT)
    async with served(home.app) as url, aiohttp.ClientSession() as session:
        phone = Device(home, url, "PHONE", session)
        keys = []
        for number in (1, 2):
            crypto = RoomCrypto(url, BOT, "as-geheim", f"sqlite:///{tmp_path / 'matrix.db'}", "schluessel")
            async with world(
                sqlite(tmp_path), channels=[Matrix(url, BOT, "as-geheim", "hs-geheim", crypto=crypto)]
            ) as town:
                town.home, town.phone = home, phone
                await crypto.ready()
                if number == 1:
                    await phone.begin()
                keys.append(str(home.device_keys[BOT]))
                await say(town, number, f"n{number}")
                assert town.bot.turns[-1].text == f"n{number}"
        assert keys[0] == keys[1]
        assert (await phone.texts())[-1] == "Echo: n2"
        stored = (tmp_path / "matrix.db").read_bytes()
        assert b"schluessel" not in stored
