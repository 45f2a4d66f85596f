"""The lead switches a service off: what the real assistant says of it becomes the notice, in the next message."""

import re

import pytest

from portal.demo import DEMO_PASSWORT
from tests.support.citizen import csrf_of, text_of
from tests.support.clerk import log_in_staff

PATH = "/konsole/leitung/schalter"
NOTICE = "Bis Freitag stellen wir das Fachverfahren um."
DOG = "Ich möchte meinen Hund anmelden"


@pytest.fixture
def lead(town):
    http = log_in_staff(town.origin, "leitung", DEMO_PASSWORT)
    http.headers["accept"] = "text/html"
    yield http
    for id_ in re.findall(r'name="id" value="([^"]+)"', http.get(PATH).text):
        http.post(f"{PATH}/ein", data={"csrf": csrf_of(http.get(PATH).text), "id": id_})
    http.close()


def switch_off(lead, **what):
    page = lead.get(PATH, params={"suche": "Hund"}).text
    answer = lead.post(f"{PATH}/aus", data={"csrf": csrf_of(page), "hinweis": NOTICE, **what})
    assert answer.status_code == 200, answer.text
    assert NOTICE in answer.text
    assert "von leitung" in answer.text


def test_a_service_off_and_on_again(lead, person):
    switch_off(lead, leistung="hundesteuer_anmelden")
    messages = person.say(DOG)
    assert NOTICE in text_of(messages)
    assert [one["payload"] for one in messages[-1]["buttons"]] == ["/human"]
    assert NOTICE not in text_of(person.say("Was kostet ein Personalausweis?"))
    page = lead.get(PATH).text
    id_ = re.search(r'name="id" value="([^"]+)"', page)[1]
    lead.post(f"{PATH}/ein", data={"csrf": csrf_of(page), "id": id_})
    assert NOTICE not in text_of(person.say(DOG))


def test_without_the_assistant_a_message_comes_to_a_human(lead, person):
    switch_off(lead, was="assistent")
    messages = person.say(DOG)
    assert NOTICE in text_of(messages)
    assert person.state["phase"] == "waiting"


def test_a_citizen_cannot_reach_the_leads_pages(person, town):
    answer = person.http.get(f"{town.origin}{PATH}", headers={"accept": "text/html"}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/amt/anmelden")
