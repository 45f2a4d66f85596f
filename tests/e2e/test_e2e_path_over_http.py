"""The main job over the documented HTTP interface: from the first hello to two receipts, with a human in between."""

import pytest

from portal.demo import DEMO_PASSWORT
from tests.support.citizen import Citizen, card, cards, text_of
from tests.support.clerk import Clerk
from tests.support.files import pdf_file
from tests.support.person import ANSWERS, DOG, HELLO, Person, attach, read_until


@pytest.fixture
def bestaetigung(tmp_path):
    return pdf_file(tmp_path / "wohnungsgeberbestaetigung.pdf", "Wohnungsgeberbestätigung")


def test_with_complete_master_data_twelve_turns_lead_to_the_first_confirmation(person, bestaetigung):
    messages = person.say(HELLO)
    steps = card(messages, "checklist")["steps"]
    assert steps[0]["service"] == "wohnsitz_anmelden"
    dog = next(one for one in steps if one["service"] == "hundesteuer_anmelden")
    assert not dog["optional"]
    assert dog["depends_on"] == ["Wohnsitz an- oder ummelden"]
    assert "zwei Wochen" in steps[0]["deadline"]

    service = card(person.press(steps[0]["payload"]), "service")
    assert (service["office"], service["fee"]) == ("BÜRGERcenter, Stadt Gelsenkirchen", "kostenlos")
    assert service["documents"] == ["Wohnungsgeberbestätigung"]
    assert card(person.press("/start"), "login")["url"].startswith("/anmelden")

    messages = person.enter()
    offered = card(messages, "prefill")
    assert all(one["source"] and one["date"] for one in offered["fields"] if one["state"] == "vorhanden")
    assert "§ 17 BMG" in offered["legal_basis"]
    messages = person.answer_all(person.release_all(messages))
    messages = person.prove(attach(person, messages, bestaetigung))
    assert card(messages, "summary")["effect"] == "anzeige"
    receipt = card(person.press("/confirm"), "receipt")
    assert receipt["reference"].startswith("AL-2026-")
    assert person.turns <= 12


def test_the_whole_path_with_a_correction_a_human_and_the_dog(town, person, bestaetigung):
    messages = person.start("wohnsitz_anmelden")
    known = [one["id"] for one in card(messages, "prefill")["fields"] if one["state"] == "vorhanden"]
    messages = person.press("/release", {"freigeben": known, "aendern": {"familienstand": "verheiratet"}})
    assert card(messages, "question")["field"]["id"] == "einzugsdatum"

    person.say("am 16.11.2026")
    digression = person.say("Was kostet das?")
    assert "kostenlos" in text_of(digression)
    assert card(digression, "question")["field"]["id"] == "neue_anschrift"
    corrected = person.say("nein, doch am 12.")
    assert "12.11.2026" in text_of(corrected)
    assert card(corrected, "question")["field"]["id"] == "neue_anschrift"
    person.say(ANSWERS["neue_anschrift"])

    waiting = person.say("Ich möchte mit einem Menschen sprechen.")
    assert cards(waiting, "queue")
    assert person.state["phase"] == "waiting"
    assert person.state["place"] >= 1
    with Clerk(town.origin, "konsole-1", DEMO_PASSWORT) as clerk:
        entry = clerk.call("queue.list")["waiting"][-1]
        view = clerk.call("chat.claim", chat=entry["chat"])
        assert view["topic"] == "Wohnsitz an- oder ummelden"
        assert view["summary"]
        number = next(one for one in view["draft"]["fields"] if one["id"] == "ausweisnummer")
        assert number["masked"]
        assert "L01X00T47" not in str(view)
        assert clerk.call("chat.reveal", chat=entry["chat"], field="ausweisnummer") == {"value": "L01X00T47"}
        clerk.call(
            "chat.send",
            chat=entry["chat"],
            client_id=clerk.next_client_id(),
            text="Guten Tag! Die Hausnummer ist die 14.",
        )
        clerk.call(
            "chat.propose",
            chat=entry["chat"],
            client_id=clerk.next_client_id(),
            field="neue_anschrift",
            value="Ahstraße 14, 45879 Gelsenkirchen",
        )
        proposal = read_until(person, "proposal")
        assert proposal["old"] == "Ahstraße 12, 45879 Gelsenkirchen"
        accepted = person.press(f'/proposal_accept{{"id": "{proposal["id"]}"}}')
        assert "Ahstraße 14" in text_of(accepted)
        clerk.call("chat.hand_back", chat=entry["chat"])
    assert read_until(person, "question")["field"]["id"] == "weitere_wohnung"

    messages = person.say("nein")
    messages = person.answer_all(messages)
    summary = card(person.prove(attach(person, messages, bestaetigung)), "summary")
    shown = {one["id"]: one["display"] for one in summary["fields"]}
    assert shown["einzugsdatum"] == "12.11.2026"
    assert shown["neue_anschrift"] == "Ahstraße 14, 45879 Gelsenkirchen"
    assert shown["familienstand"] == "verheiratet"
    messages = person.press("/confirm")
    first = card(messages, "receipt")

    messages = person.press('/start{"service": "hundesteuer_anmelden"}')
    offered = {one["id"]: one for one in card(messages, "prefill")["fields"]}
    assert any("Ahstraße 14" in str(one["value"]) for one in offered.values()), (
        "the new address is offered again"
    )
    messages = person.release_all(messages)
    messages = person.answer_all(messages, DOG)
    summary = card(messages, "summary")
    assert summary["effect"] in ("anzeige", "antrag")
    second = card(person.press("/confirm"), "receipt")
    assert second["reference"] != first["reference"]

    assert "Eingangsbestätigung: Wohnsitz an- oder ummelden" in person.http.get("/mein/postfach").text
    assert first["reference"] in person.http.get(f"/mein/vorgaenge/{first['case']}").text
    assert "Hundesteuer" in person.http.get("/mein/fristen").text
    log = person.http.get("/mein/protokoll").text
    assert "BÜRGERcenter" in log
    assert "Ausweisnummer" in log
    assert "Bürgerservice" in log


def test_a_move_next_month_is_prepared_now_and_confirmable_only_then(person, bestaetigung):
    messages = person.start("wohnsitz_anmelden")
    messages = person.release_all(messages)
    messages = person.answer_all(messages, ANSWERS | {"einzugsdatum": "am 15. Dezember 2026"})
    messages = attach(person, messages, bestaetigung)
    if cards(messages, "identity"):
        messages = person.prove(messages)
    assert "15.12.2026" in text_of(messages)
    assert not cards(messages, "summary")
    refused = person.send(payload="/confirm")
    assert refused.json()["code"] == "knopf_unbekannt"


def test_without_eid_the_path_ends_as_a_vorbereitung(person, bestaetigung):
    messages = person.answer_all(person.release_all(person.start("wohnsitz_anmelden")))
    messages = attach(person, messages, bestaetigung)
    messages = person.press_button("Vorbereitung")
    assert card(messages, "summary")["effect"] == "vorbereitung"
    messages = person.press("/confirm")
    said = text_of(messages)
    assert "Vorbereitung" in said
    assert "angemeldet" not in said.lower().replace("noch nicht angemeldet", "")
    assert "Online-Ausweis" in said or "persönlich" in said


@pytest.mark.parametrize(
    ("message", "status", "code"),
    [
        ({"text": "   "}, 422, "nachricht_leer"),
        ({"text": "x" * 20_000}, 422, "nachricht_zu_lang"),
        ({"payload": '/draft_changed{"draft": "x"}'}, 403, "knopf_unbekannt"),
        ({"payload": "/logged_in"}, 403, "knopf_unbekannt"),
        ({"text": "Hallo", "payload": "/start"}, 422, None),
        ({"text": "Hallo", "client_id": "ä b"}, 422, None),
    ],
)
def test_bad_input_is_refused_in_german_and_nothing_is_lost(town, message, status, code):
    citizen = Citizen(town.origin)
    citizen.say("Hallo")
    before = citizen.history()
    answer = citizen.send(**message)
    assert answer.status_code == status
    assert code is None or answer.json()["code"] == code
    assert answer.json()["message"].endswith(".")
    assert citizen.history() == before


def test_html_and_intent_names_are_only_text(town):
    citizen = Citizen(town.origin)
    citizen.say("<script>alert(1)</script> <b>Hallo</b>")
    assert citizen.history()[0]["text"] == "<script>alert(1)</script> <b>Hallo</b>"
    answer = citizen.say('/confirm{"x": 1}')
    assert answer
    assert not cards(answer, "receipt")


def test_a_foreign_handle_shows_nothing_and_a_bound_one_needs_its_account(town, person):
    person.say("Hallo")
    old = person.handle
    person.log_in(person.name, person.password)
    for handle in ("x" * 43, old):
        assert person.http.get(f"/api/conversations/{handle}/messages").status_code == 404
    stranger = Person(town)
    stranger.log_in(stranger.name, stranger.password)
    stolen = f"/api/conversations/{person.handle}/messages"
    assert stranger.http.get(stolen).status_code == 401
    assert stranger.http.get(stolen, headers=stranger.headers).status_code in (401, 404)


def test_a_number_in_the_chat_is_masked_before_it_is_stored(town, person):
    messages = person.start("hundesteuer_anmelden")
    assert cards(messages, "prefill")
    person.say("Meine IBAN ist DE89 3704 0044 0532 0130 00")
    assert "0532 0130" not in str(person.history())
    for database in town.var.glob("*.db*"):
        content = database.read_bytes()
        assert b"DE893704" not in content
        assert b"DE89 3704" not in content
        assert b"0532013000" not in content


def test_a_wrong_file_type_is_refused_and_the_question_stays(person, tmp_path):
    messages = person.answer_all(person.release_all(person.start("wohnsitz_anmelden")))
    upload = card(messages, "upload")
    fake = tmp_path / "bestaetigung.pdf"
    fake.write_bytes(b"MZ\x90\x00 this is a program")
    answer = person.http.post(
        upload["url"],
        data={"entwurf": upload["draft"], "nachweis": upload["evidence"]["id"]},
        files={"datei": (fake.name, fake.read_bytes(), "application/pdf")},
        headers=person.headers,
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "dateityp_unzulaessig")
    stranger_document = person.send(
        payload="/uploaded", values={"dokument": "11111111-1111-4111-8111-111111111111"}
    )
    assert stranger_document.status_code in (200, 201)
    assert card(person.read(after=stranger_document.json()["seq"]), "upload")["draft"] == upload["draft"]
