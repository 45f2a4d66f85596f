"""SIGKILL in the middle of a turn: no message is lost or shown twice, nothing is handed in twice."""

import pytest

from portal.demo import DEMO_PASSWORT
from tests.support.citizen import card, cards
from tests.support.clerk import log_in_staff
from tests.support.files import pdf_file
from tests.support.person import attach, read_again
from tests.support.town import httpx_attempts

PROCESSES = ("web", "engine", "actions")


def seqs(messages):
    return [message["seq"] for message in messages]


@pytest.mark.parametrize("process", PROCESSES)
def test_an_answer_survives_the_death_of_a_process(town, person, process):
    person.release_all(person.start("wohnsitz_anmelden"))
    sent = person.send(text="am 16.11.2026", client_id="answer")
    assert sent.status_code == 201
    dead = town.kill(process)
    town.wait_until_back(process, dead)

    assert person.send(text="am 16.11.2026", client_id="answer").json() == sent.json()
    messages = read_again(person)
    assert card(messages, "question")["field"]["id"] == "neue_anschrift"
    history = person.history()
    assert seqs(history) == list(range(1, len(history) + 1))
    assert [message["text"] for message in history if message["author"] == "citizen"].count(
        "am 16.11.2026"
    ) == 1
    assert (
        len(cards([message for message in history if message["seq"] > sent.json()["seq"]], "question")) == 1
    )


@pytest.mark.parametrize("process", PROCESSES)
def test_a_confirmation_is_delivered_exactly_once(town, person, process, tmp_path):
    messages = person.answer_all(person.release_all(person.start("wohnsitz_anmelden")))
    messages = attach(person, messages, pdf_file(tmp_path / "bestaetigung.pdf", "Bestätigung"))
    person.prove(messages)
    sent = person.send(payload="/confirm", client_id="confirm")
    assert sent.status_code == 201
    dead = town.kill(process)
    town.wait_until_back(process, dead)

    assert person.send(payload="/confirm", client_id="confirm").json() == sent.json()
    reference = card(read_again(person), "receipt")["reference"]
    history = person.history()
    assert len(cards(history, "receipt")) == 1
    assert seqs(history) == list(range(1, len(history) + 1))
    assert person.http.get("/mein/postfach").text.count("Eingangsbestätigung: Wohnsitz") == 1
    office = log_in_staff(town.origin, "amt-buergercenter", DEMO_PASSWORT)
    for attempt in httpx_attempts():  # the receipt is written first, the portal's outbox delivers after it
        with attempt:
            inbox = office.get("/amt").raise_for_status().text
            assert inbox.count(f">{reference}<") == 1


def test_after_ctrl_c_and_a_new_start_everything_is_still_there(town, person):
    person.release_all(person.start("wohnsitz_anmelden"))
    person.say("am 16.11.2026")
    before = person.history()
    assert town.stop() == 0
    town.start()
    person.refresh_token()
    assert person.history() == before
    assert (
        card(person.say("Ahstraße 12, 45879 Gelsenkirchen"), "question")["field"]["id"] == "weitere_wohnung"
    )
