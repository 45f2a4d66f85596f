"""The clerks' desk over real sockets: asking, giving on, two clerks, notes, Vermerk, replies, the end."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from fake_portal import draft
from handoff_line import Client, line
from handoff_world import World, citizen_token, staff_token

STEUERN = {"office": "Abteilung Steuern", "function": "Sachbearbeitung"}
HERNE = {"office": "Bürgerservice, Stadt Herne", "function": "Bürgerservice"}


@dataclass
class Scene:
    """Anna, logged in and with a draft, in Berta's hands."""

    town: World
    connect: Any
    anna: Client
    berta: Client
    handle: str
    chat: str
    number: int = 0

    async def staff(self, person: str, **claims: Any) -> Client:
        client = await self.connect("/konsole").connect(token=staff_token(person, **claims))
        await client.call("desk.list")
        return client

    async def do(self, event: str, by: Client | None = None, **body: Any) -> Any:
        """One command on this chat, with a fresh client id where none is given."""
        self.number += 1
        return await (by or self.berta).call(
            event, {"chat": self.chat, "client_id": f"k{self.number}", **body}
        )

    async def press(self, word: str, **values: Any) -> Any:
        """Anna presses a button of the newest message that offers it."""
        found = await self.anna.until(
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
        self.number += 1
        body: dict[str, Any] = {"client_id": f"c{self.number}", "payload": found}
        return await self.anna.call("send", body | ({"values": values} if values else {}))

    async def said(self, part: str) -> dict[str, Any]:
        return await self.anna.event("message", lambda m: part in m["text"])


@asynccontextmanager
async def scene(town: World) -> AsyncIterator[Scene]:
    handle = (await town.login(await town.start(), citizen_token())).json()["handle"]
    town.portal.draft = draft(
        evidence=[{"id": "bestaetigung", "label": "Wohnungsgeberbestätigung", "help": None, "document": None}]
    )
    async with line(town) as connect:
        anna = await connect().connect(handle=handle, token=citizen_token())
        berta = await connect("/konsole").connect(token=staff_token("berta"))
        await berta.call("desk.list")
        await anna.call("send", {"client_id": "c", "text": "mensch"})
        chat = (await berta.event("queue", lambda q: q["waiting"]))["waiting"][0]["chat"]
        await berta.call("chat.claim", {"chat": chat})
        yield Scene(town, connect, anna, berta, handle, chat)


async def test_a_data_set_is_asked_for_released_shown_and_taken_back(town):
    async with scene(town) as s:
        wish = {"kind": "daten", "what": "kontakt", "purpose": "Rückruf wegen Ihres Umzugs"}
        sent = await s.do("chat.ask", client_id="fest", **wish)
        assert sent == await s.do("chat.ask", client_id="fest", **wish)
        card = (await s.said("bittet um Ihre gespeicherten Daten"))["cards"][0]
        assert (card["type"], card["items"], card["recipient"]) == (
            "consent",
            ["Telefon", "E-Mail"],
            "BÜRGERcenter",
        )
        assert "Einwilligung" in card["legal_basis"]
        view = await s.do("chat.open")
        (ask,) = view["asks"]
        assert (ask["status"], ask["label"]) == ("offen", "Telefon und E-Mail")
        early = await s.do("chat.released", ask=ask["id"])
        assert early["error"]["code"] == "nicht_freigegeben"
        assert "seq" in await s.press("release")
        await s.said("Freigegeben: Telefon und E-Mail")
        assert town.portal.releases[f"f-freigabe:{ask['id']}"]["office"] == "BÜRGERcenter"
        shown = await s.do("chat.released", ask=ask["id"])
        assert shown["values"][0]["value"] == "0209 5550123"
        await s.said("hat eingesehen, was Sie freigegeben haben")
        assert town.portal.looks[-1][0] == "berta"
        assert "seq" in await s.press("withdraw")
        await s.said("Zurückgenommen")
        assert (await s.do("chat.released", ask=ask["id"]))["error"]["code"] == "nicht_freigegeben"
        assert (await s.press("release"))["error"]["code"] == "anfrage_erledigt"


async def test_a_declined_ask_shows_nothing(town):
    async with scene(town) as s:
        await s.do("chat.ask", kind="daten", what="kontakt", purpose="Rückruf")
        await s.press("decline")
        await s.said("Nicht freigegeben")
        (ask,) = (await s.do("chat.open"))["asks"]
        assert ask["status"] == "abgelehnt"
        assert (await s.do("chat.released", ask=ask["id"]))["error"]["code"] == "nicht_freigegeben"
        assert town.portal.releases == {}


async def test_while_the_portal_is_away_an_ask_stays_open(town):
    async with scene(town) as s:
        await s.do("chat.ask", kind="daten", what="kontakt", purpose="Rückruf")
        await s.said("bittet um Ihre gespeicherten Daten")
        town.portal.down = True
        assert (await s.press("release"))["error"]["code"] == "voruebergehend_gestoert"
        town.portal.down = False
        assert "seq" in await s.press("release")


async def test_a_document_is_uploaded_for_the_clerk_and_becomes_part_of_the_application(town):
    async with scene(town) as s:
        await s.do("chat.ask", kind="dokument", what="bestaetigung", purpose="Prüfung")
        card = (await s.said("bittet um eine Unterlage"))["cards"][0]
        assert card["upload"]["payload"].startswith("/ask_release")
        refused = await s.press("release")
        assert refused["error"]["code"] == "eingabe_ungueltig"
        town.portal.draft["version"] = 7
        assert "seq" in await s.press("release", dokument="dok-1")
        assert town.portal.evidence == [("bestaetigung", "dok-1", 7)]
        (ask,) = (await s.do("chat.open"))["asks"]
        assert ask["document_url"].startswith("/amt/freigaben/f-freigabe")


async def test_bad_asks(town):
    bad = [
        ({"kind": "daten", "what": "alles", "purpose": "x"}, "eingabe_ungueltig"),
        ({"kind": "daten", "what": "kontakt", "purpose": " "}, "nachricht_leer"),
        ({"kind": "daten", "what": "kontakt", "purpose": "x" * 301}, "eingabe_ungueltig"),
        ({"kind": "dokument", "what": "fremd", "purpose": "x"}, "eingabe_ungueltig"),
        ({"kind": "geheim", "what": "kontakt", "purpose": "x"}, "eingabe_ungueltig"),
    ]
    async with scene(town) as s:
        for body, code in bad:
            assert (await s.do("chat.ask", **body))["error"]["code"] == code, body
        assert (await s.do("chat.open"))["asks"] == []


async def test_an_anonymous_person_cannot_be_asked_for_data(town):
    await town.ask_human(await town.start())
    town.portal.citizen = None
    async with line(town) as connect:
        berta = await connect("/konsole").connect(token=staff_token("berta"))
        chat = (await berta.call("queue.list"))["waiting"][0]["chat"]
        await berta.call("chat.claim", {"chat": chat})
        body = {"chat": chat, "client_id": "a", "kind": "daten", "what": "kontakt", "purpose": "x"}
        assert (await berta.call("chat.ask", body))["error"]["code"] == "person_nicht_angemeldet"


async def test_a_colleague_of_the_office_takes_over_at_once(town):
    async with scene(town) as s:
        carl, doro = await s.staff("carl"), await s.staff("doro")
        colleagues = (await s.berta.call("desk.list"))["colleagues"]
        assert {one["clerk"] for one in colleagues} == {"carl", "doro"}
        way = await s.do(
            "chat.hand_on", kind="uebergabe", office="BÜRGERcenter", clerk="carl", note="kennt den Fall"
        )
        assert way == {"way": "frei"}
        offer = (await carl.event("desk", lambda d: d["offers"]))["offers"][0]
        assert (offer["kind"], offer["note"]) == ("uebergabe", "kennt den Fall")
        assert (await doro.call("desk.list"))["offers"] == []
        assert (await doro.call("offer.accept", {"offer": offer["id"]}))["error"]["code"] == "angebot_vorbei"
        view = await carl.call("offer.accept", {"offer": offer["id"]})
        assert (view["role"], view["from"]) == ("inhaber", 0)
        assert view["draft"]["name"]
        await s.said("Ab jetzt schreibt Ihnen ein anderer Mensch")
        assert (await s.do("chat.send", text="x"))["error"]["code"] == "nicht_ihr_gespraech"
        assert "seq" in await s.do("chat.send", carl, text="Guten Tag")
        again = await carl.call("offer.accept", {"offer": offer["id"]})
        assert again["error"]["code"] == "angebot_vorbei"
        assert town.portal.transfers == []


@pytest.mark.parametrize(("word", "sees_all"), [("release", True), ("topic", False)])
async def test_another_office_sees_what_the_citizen_allows(town, word, sees_all):
    async with scene(town) as s:
        await s.do("chat.note", text="Person wirkt aufgeregt")
        steffi = await s.staff("steffi", **STEUERN)
        way = await s.do("chat.hand_on", kind="uebergabe", office="Abteilung Steuern", note="Zahlt zu viel")
        assert way == {"way": "fragen"}
        assert (await steffi.call("desk.list"))["offers"] == []
        asked = await s.said("Die andere Stelle sieht nur, was Sie erlauben")
        assert "Zurückholen lässt sich das nicht. (Text 1)" in asked["text"]
        assert asked["cards"][0]["text_version"] == "1"
        await s.press(word)
        offer = (await steffi.event("desk", lambda d: d["offers"]))["offers"][0]
        assert offer["note"] == ("Zahlt zu viel" if sees_all else "")
        view = await steffi.call("offer.accept", {"offer": offer["id"]})
        assert ("draft" in view) is sees_all
        assert bool(view["summary"]) is sees_all
        texts = [m["text"] for m in view["messages"]]
        assert ("mensch" in texts) is sees_all
        assert view["notes"] == []  # another office's internal notes stay with it
        resumed = await steffi.call("chat.resume", {"chat": s.chat, "after": 0})
        assert ("mensch" in [m["text"] for m in resumed["messages"]]) is sees_all
        reveal = await s.do("chat.reveal", steffi, field="steuer_id")
        assert ("error" in reveal) is not sees_all
        (log,) = town.portal.transfers
        assert ("Gesprächsverlauf" in log["content"]) is sees_all
        assert log["to"] == "Abteilung Steuern"


async def test_a_citizen_who_says_no_stays_where_she_is(town):
    async with scene(town) as s:
        steffi = await s.staff("steffi", **STEUERN)
        await s.do("chat.hand_on", kind="uebergabe", office="Abteilung Steuern")
        await s.press("decline")
        await s.said("Ihr Gespräch bleibt hier")
        assert (await steffi.call("desk.list"))["offers"] == []
        assert town.portal.transfers == []
        assert "seq" in await s.do("chat.send", text="Dann bleiben wir hier.")


async def test_another_town_by_a_stated_law_and_protected_data_only_by_consent(town):
    async with scene(town) as s:
        hedi = await s.staff("hedi", **HERNE)
        hand = {"kind": "uebergabe", "office": HERNE["office"], "legal_basis": "§ 3 DSG NRW"}
        town.portal.protection = {"kind": "sozialdaten", "law": "§ 35 SGB I, §§ 67 ff. SGB X"}
        assert await s.do("chat.hand_on", **hand) == {"way": "fragen"}
        asked = await s.said("möchte Ihr Anliegen an eine andere Stelle geben")
        assert "Sozialdaten" in asked["text"]
        await s.press("decline")
        town.portal.protection = None
        assert await s.do("chat.hand_on", **hand) == {"way": "recht"}
        await s.said("Rechtsgrundlage: § 3 DSG NRW")
        offer = (await hedi.event("desk", lambda d: d["offers"]))["offers"][0]
        assert (await hedi.call("offer.accept", {"offer": offer["id"]}))["state"]["clerk"] == {
            "function": "Bürgerservice",
            "office": "Bürgerservice, Stadt Herne",
        }
        assert town.portal.transfers[0]["legal_basis"] == "§ 3 DSG NRW"


async def test_without_a_known_service_what_was_said_counts_as_protected(town):
    async def unknown(_conversation: str, _service: str) -> None:
        return None

    async with scene(town) as s:
        town.portal.draft = None
        town.portal.entry = unknown
        way = await s.do("chat.hand_on", kind="uebergabe", office="X", legal_basis="§ 3 DSG NRW")
        assert way == {"way": "fragen"}


async def test_offers_end_when_they_are_taken_back_or_the_chat_moves_on(town):
    async with scene(town) as s:
        carl = await s.staff("carl")
        hand = {"kind": "uebergabe", "office": "BÜRGERcenter"}
        await s.do("chat.hand_on", **hand)
        offer = (await carl.event("desk", lambda d: d["offers"]))["offers"][0]["id"]
        assert (await s.do("chat.open"))["offered"] == [{"kind": "uebergabe", "office": "BÜRGERcenter"}]
        await s.do("chat.take_back")
        assert (await carl.call("offer.accept", {"offer": offer}))["error"]["code"] == "angebot_vorbei"
        await s.do("chat.hand_on", **hand)
        offer = (await carl.call("desk.list"))["offers"][0]["id"]
        await s.do("chat.hand_back")
        assert (await carl.call("desk.list"))["offers"] == []
        assert (await carl.call("offer.accept", {"offer": offer}))["error"]["code"] == "angebot_vorbei"


async def test_two_clerks_write_and_both_are_shown(town):
    async with scene(town) as s:
        carl = await s.staff("carl", function="Fachberatung")
        await s.do("chat.hand_on", kind="einladung", office="BÜRGERcenter", clerk="carl")
        offer = (await carl.event("desk", lambda d: d["offers"]))["offers"][0]["id"]
        view = await carl.call("offer.accept", {"offer": offer})
        assert view["role"] == "zweit"
        state = await s.anna.event("state", lambda st: st.get("helpers"))
        assert state["clerk"]["function"] == "Bürgerservice"
        assert state["helpers"] == [{"function": "Fachberatung", "office": "BÜRGERcenter"}]
        assert "seq" in await s.do("chat.send", carl, text="Ich helfe mit.")
        assert (await s.said("Ich helfe mit."))["sender"]["function"] == "Fachberatung"
        assert "seq" in await s.do("chat.send", text="Gern.")
        heard = await carl.event("message", lambda m: m["message"]["text"] == "Gern.")
        assert heard["chat"] == s.chat
        assert (await carl.call("desk.list"))["beside"][0]["chat"] == s.chat
        for event, body in (
            ("chat.close", {"result": "geloest", "reason": "x"}),
            ("chat.hand_back", {}),
            ("chat.release", {}),
            ("chat.hand_on", {"kind": "uebergabe", "office": "BÜRGERcenter"}),
        ):
            assert (await s.do(event, carl, **body))["error"]["code"] == "nicht_ihr_gespraech", event
        assert (await s.do("chat.step_out"))["error"]["code"] == "eigenes_gespraech"
        await s.do("chat.step_out", carl)
        await s.said("hat das Gespräch verlassen")
        assert (await s.do("chat.send", carl, text="x"))["error"]["code"] == "nicht_ihr_gespraech"


async def test_the_second_clerk_leaves_with_the_first(town):
    async with scene(town) as s:
        carl = await s.staff("carl")
        await s.do("chat.hand_on", kind="einladung", office="BÜRGERcenter", clerk="carl")
        offer = (await carl.event("desk", lambda d: d["offers"]))["offers"][0]["id"]
        await carl.call("offer.accept", {"offer": offer})
        await s.do("chat.release")
        assert (await s.do("chat.send", carl, text="x"))["error"]["code"] == "nicht_ihr_gespraech"
        assert (await carl.call("desk.list"))["beside"] == []


async def test_internal_notes_stay_inside_and_are_encrypted(town, tmp_path):
    async with scene(town) as s:
        first = await s.do("chat.note", client_id="n1", text="Spricht von DE89370400440532013000")
        again = await s.do("chat.note", client_id="n1", text="Spricht von DE89370400440532013000")
        assert first["id"] == again["id"]
        assert "DE8937" not in first["text"]
        view = await s.do("chat.open")
        assert [one["text"] for one in view["notes"]] == [first["text"]]
        page = await town.read(s.handle, auth=citizen_token())
        assert not any("Spricht von" in m["text"] for m in page["messages"])
        assert not any("Spricht von" in str(body) for _event, body in s.anna.events)
        stored = sqlite3.connect(tmp_path / "handoff.db").execute("SELECT body FROM desk_notes").fetchone()
        assert b"Spricht" not in stored[0]


async def test_the_chat_is_filed_once_and_the_citizen_knows(town):
    async with scene(town) as s:
        await s.anna.call("send", {"client_id": "adr", "text": "Ich wohne Ahstraße 12"})
        body = {"client_id": "v1", "text": "Adresse geklärt", "transcript": True}
        filed = await s.do("chat.file", **body)
        assert filed == await s.do("chat.file", **body)
        await s.said("einen Vermerk aufgeschrieben")
        (note,) = town.portal.notes.values()
        assert note["draft"] == "entwurf-1"
        assert "Ich wohne Ahstraße 12" in [line["text"] for line in note["lines"]]
        assert {"Bürgerin oder Bürger", "Assistent (Maschine)"} <= {line["author"] for line in note["lines"]}
        page = await town.read(s.handle, auth=citizen_token())
        assert sum("Vermerk aufgeschrieben" in m["text"] for m in page["messages"]) == 1
        town.portal.draft = None
        assert (await s.do("chat.file", text="x", transcript=False))["error"]["code"] == "kein_entwurf"


async def test_a_protected_address_is_in_no_frame_of_the_console(town):
    town.portal.citizen = {"trust": "hoch", "address_locked": True, "data_sets": []}
    handle = (await town.login(await town.start(), citizen_token())).json()["handle"]
    town.portal.draft = draft(
        fields=[
            {
                "id": "neue_anschrift",
                "label": "Neue Anschrift",
                "type": "address",
                "display": None,
                "state": "beantwortet",
                "withheld": "auskunftssperre",
            }
        ]
    )
    async with line(town) as connect:
        anna = await connect().connect(handle=handle, token=citizen_token())
        berta = await connect("/konsole").connect(token=staff_token("berta"))
        await anna.call("send", {"client_id": "c1", "text": "Ich ziehe in die Ahstraße 12"})
        await town.idle()
        await anna.call("send", {"client_id": "c2", "text": "mensch"})
        await anna.event("state", lambda state: state["phase"] == "waiting")
        await anna.call("send", {"client_id": "c3", "text": "Ahstraße 12, 45879 Gelsenkirchen"})
        chat = (await berta.event("queue", lambda q: q["waiting"]))["waiting"][0]["chat"]
        view = await berta.call("chat.claim", {"chat": chat})
        assert view["citizen"]["address_locked"] is True
        await anna.call("send", {"client_id": "c4", "text": "Haben Sie Ahstraße 12?"})
        await berta.event("message", lambda m: "Haben Sie" in m["message"]["text"])
        propose = {"chat": chat, "client_id": "p", "field": "neue_anschrift", "value": "Ahstraße 14"}
        assert (await berta.call("chat.propose", propose))["error"]["code"] == "auskunftssperre"
        reveal = {"chat": chat, "field": "neue_anschrift"}
        assert (await berta.call("chat.reveal", reveal))["error"]["code"] == "auskunftssperre"
        body = {"chat": chat, "client_id": "v", "text": "Wohnt Ahstraße 12", "transcript": True}
        await berta.call("chat.file", body)
        resumed = await berta.call("chat.resume", {"chat": chat, "after": 0})
        listing = await berta.call("queue.list")
        for frame in (*berta.events, view, resumed, listing, town.portal.notes):
            assert "Ahstraße" not in str(frame)
        page = await town.read(handle, auth=citizen_token())
        assert any("Ahstraße 12" in m["text"] for m in page["messages"])  # she herself sees what she wrote


async def test_replies_are_filled_and_facts_carry_their_source(town):
    async with scene(town) as s:
        found = {one["title"]: one for one in (await s.do("chat.replies"))["replies"]}
        assert found["Begrüßung"]["text"].startswith(
            "Guten Tag, Sie sprechen mit Bürgerservice, BÜRGERcenter."
        )
        assert found["Kosten der Leistung"]["text"] == "Für „Wohnsitz an- oder ummelden“ gilt: kostenlos."
        town.portal.draft = None
        gaps = {one["title"]: one["gaps"] for one in (await s.do("chat.replies"))["replies"]}
        assert gaps["Kosten der Leistung"] == ["leistung", "gebuehr"]
        hits = await s.do("service.search", words="hund")
        facts = await s.do("service.facts", service=hits["services"][0]["id"])
        assert "Quelle: BMG (geprüft). Diese Angabe: geprüft." in facts["facts"][0]["text"]
        unknown = await s.do("service.facts", service="gibt_es_nicht")
        assert unknown["error"]["code"] == "leistung_unbekannt"


async def test_an_offices_own_reply_stands_before_the_common_one(town):
    from handoff.errors import InvalidInputError
    from handoff.services import replies

    async with scene(town) as s:
        first = await replies.keep(town.context, "BÜRGERcenter", "Begrüßung", "Moin, hier {funktion}.")
        assert first == await replies.keep(town.context, "BÜRGERcenter", "Begrüßung", "Hallo, {funktion}.")
        await replies.keep(town.context, "Abteilung Steuern", "Begrüßung", "Steuern hier.")
        texts = [
            one["text"] for one in (await s.do("chat.replies"))["replies"] if one["title"] == "Begrüßung"
        ]
        assert texts == ["Hallo, Bürgerservice."]
        for title, text in (("", "x"), ("x", " "), ("x", "{passwort}")):
            with pytest.raises(InvalidInputError):
                await replies.keep(town.context, "BÜRGERcenter", title, text)


async def test_a_chat_ends_with_a_result_and_a_reason(town):
    async with scene(town) as s:
        for body in (
            {"result": "geloest", "reason": " "},
            {"result": "irgendwie", "reason": "x"},
            {"result": "geloest", "reason": "x" * 501},
            {"result": "geloest"},
        ):
            assert (await s.do("chat.close", **body))["error"]["code"] == "eingabe_ungueltig", body
        assert (await s.do("chat.open"))["state"]["phase"] == "clerk"
        ended = await s.do("chat.close", result="teilweise", reason="Unterlage fehlt noch")
        assert ended["state"]["phase"] == "closed"


async def test_a_lead_sees_the_chats_of_her_own_office_only(town):
    async with scene(town) as s:
        own = await s.staff("lea", roles=["lead"])
        other = await s.staff("leo", roles=["lead"], **STEUERN)
        assert (await s.do("chat.open", own))["role"] == "leitung"
        assert (await s.do("chat.open", other))["error"]["code"] == "nicht_ihr_gespraech"
        assert (await s.do("chat.note", own, text="x"))["error"]["code"] == "nicht_ihr_gespraech"
        assert "lea" in town.portal.overviews  # her look is logged too
        assert "lea" in town.portal.readers
        assert "leo" not in town.portal.readers
