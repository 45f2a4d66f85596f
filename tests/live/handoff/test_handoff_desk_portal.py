"""The desk with nothing faked but the assistant: real sockets, real gateway, real portal, up to the office's E-Akte."""

import io
import json
import sys
import zipfile
from pathlib import Path

from handoff_line import line
from handoff_world import START, sqlite, staff_token, token, world

from handoff.portal import HttpPortal
from portal.services import akte, protokoll, zustellung

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.support.portal_world import KONTO, portal_world


async def test_from_the_release_in_the_chat_to_the_office_and_the_citizens_log(tmp_path: Path) -> None:
    async with portal_world(tmp_path) as portal:
        portal.clock.now = START
        sid = await portal.log_in(KONTO, "hoch")
        anna_token = token("citizen", KONTO, sid=sid, trust="hoch")
        door = HttpPortal("http://portal", "handoff-token", transport=portal.transport())
        async with world(sqlite(tmp_path), portal=door, clock=portal.clock) as town:
            handle = (await town.login(await town.start(), anna_token)).json()["handle"]
            async with line(town) as connect:
                anna = await connect().connect(handle=handle, token=anna_token)
                berta = await connect("/konsole").connect(token=staff_token("berta"))
                doro = await connect("/konsole").connect(
                    token=staff_token("doro", office="Probeamt", function="Fachdienst")
                )
                for clerk in (berta, doro):
                    await clerk.call("desk.list")
                await anna.call("send", {"client_id": "c1", "text": "mensch"})
                chat = (await berta.event("queue", lambda q: q["waiting"]))["waiting"][0]["chat"]
                conversation = await _conversation(town, chat)
                draft = await door._client.open_draft(conversation, "probe_hund", key="d")
                await door._client.release(
                    conversation,
                    draft.id,
                    freigeben=["familienname", "anschrift"],
                    aendern={},
                    version=draft.version,
                    key="f",
                )
                view = await berta.call("chat.claim", {"chat": chat})
                assert view["draft"]["fields"][0]["display"] == "Yıldız"
                assert view["service"]["facts"][0]["text"].startswith("Probehund anmelden, Kosten: kostenlos")
                assert view["citizen"]["trust"] == "hoch"

                async def press(word: str) -> None:
                    offered = await anna.until(
                        lambda events: next(
                            (
                                button["payload"]
                                for event, body in reversed(events)
                                if event == "message"
                                for button in body["buttons"] or []
                                if button["payload"].startswith(f"/ask_{word}")
                            ),
                            None,
                        )
                    )
                    sent = await anna.call("send", {"client_id": f"x{word}", "payload": offered})
                    assert "seq" in sent, sent

                ask = {
                    "chat": chat,
                    "client_id": "k1",
                    "kind": "daten",
                    "what": "ausweis",
                    "purpose": "Prüfung",
                }
                assert "seq" in await berta.call("chat.ask", ask)
                await press("release")
                (one,) = (await berta.call("chat.open", {"chat": chat}))["asks"]
                shown = await berta.call("chat.released", {"chat": chat, "ask": one["id"]})
                assert [value["value"] for value in shown["values"]] == ["L01X00T47"]

                note = {"chat": chat, "client_id": "k2", "text": "Hund seit Montag.", "transcript": True}
                filed = await berta.call("chat.file", note)
                assert (filed["office"], filed["reference"]) == ("Probeamt", None)

                hand = {"chat": chat, "client_id": "k3", "kind": "uebergabe", "office": "Probeamt"}
                assert await berta.call("chat.hand_on", hand) == {"way": "fragen"}
                await press("topic")
                offer = (await doro.event("desk", lambda d: d["offers"]))["offers"][0]
                taken = await doro.call("offer.accept", {"offer": offer["id"]})
                assert "draft" not in taken
                assert (await doro.call("chat.released", {"chat": chat, "ask": one["id"]}))["error"]

                shown = await door._client.current_draft(conversation)
                for field, value in (("seit", "2026-11-20"), ("chip", None)):
                    shown = await door._client.put_field(
                        conversation, draft.id, field, value, version=shown.version, key=f"p{field}"
                    )
                case = (
                    await door._client.submit(conversation, draft.id, version=shown.version, key="s")
                ).case
        await zustellung.zustellen_faellige(portal.context)
        async with portal.context.transaction() as session:
            _reference, records = await akte.ausgeben(
                portal.context, session, "probeamt", case.id, "Fachdienst"
            )
            entries = await protokoll.liste(session, KONTO)
        vermerk = json.loads(zipfile.ZipFile(io.BytesIO(records)).read("vermerke/01-vermerk.json"))
        assert vermerk["text"] == "Hund seit Montag."
        assert "mensch" in [message["text"] for message in vermerk["verlauf"]]
        told = {(entry.kind, entry.channel) for entry in entries}
        assert {
            ("freigabe", "Freigabe im Chat"),
            ("einsicht", "Beratung im Chat, Überblick"),
            ("einsicht", "Beratung im Chat"),
            ("uebermittlung", "Weitergabe im Chat"),
            ("uebermittlung", "Posteingang der Stelle"),
            ("einsicht", "Ausgabe an die E-Akte"),
        } <= told


async def _conversation(town, chat: str) -> str:
    from handoff.storage import conversations

    async with town.context.database.read() as session:
        row = await conversations.by_chat(session, chat)
    assert row is not None
    return row.id
