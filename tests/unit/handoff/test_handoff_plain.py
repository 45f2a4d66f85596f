"""What a page without JavaScript offers, and what a transcript says."""

from datetime import UTC, datetime

from handoff.domain.plain import plain
from handoff.services.transcript import transcript
from handoff.web.plain import with_return

BOT = {"phase": "bot", "bound": False}


def message(seq, text="", author="bot", buttons=(), cards=(), **more):
    at = f"2026-11-23T10:0{seq}:00+01:00"
    return {
        "seq": seq, "author": author, "text": text, "at": at, "buttons": list(buttons), "cards": list(cards), **more,
    }  # fmt: skip


def button(payload, title="Knopf"):
    return {"payload": payload, "title": title}


def titles(view):
    return [one.title for one in view.choices]


def test_the_last_buttons_stay_and_a_step_of_the_application_closes_earlier_ones():
    first = message(1, buttons=[button("/a", "Ja")])
    assert titles(plain([first, message(2, "Und sonst?")], BOT)) == ["Ja"]
    assert titles(plain([first, message(2, buttons=[button("/b", "Nein")])], BOT)) == ["Nein"]
    question = {
        "type": "question",
        "field": {"id": "f", "label": "F", "options": [{"id": "x", "label": "X"}]},
    }
    view = plain([first, message(2, cards=[question])], BOT)
    assert (titles(view), view.answers) == ([], ("X",))
    view = plain([message(1, cards=[question], buttons=[button("/x", "X")])], BOT)
    assert (titles(view), view.answers) == (["X"], ())


def test_what_needs_more_than_a_button_is_no_button():
    prefill = {"type": "prefill", "payload": "/release", "fields": []}
    view = plain([message(1, cards=[prefill], buttons=[button("/release"), button("/human", "Mensch")])], BOT)
    assert (titles(view), view.card) == (["Mensch"], prefill)
    consent = {"type": "consent", "upload": {"draft": "d"}}
    offered = [
        button('/ask_release{"id": "a"}', "Freigeben"),
        button('/ask_decline{"id": "a"}', "Nicht freigeben"),
    ]
    assert titles(plain([message(1, cards=[consent], buttons=offered)], BOT)) == ["Nicht freigeben"]
    assert titles(plain([message(1, cards=[consent | {"upload": None}], buttons=offered)], BOT)) == [
        "Freigeben",
        "Nicht freigeben",
    ]


def test_login_queue_and_end_follow_the_state():
    login = message(1, cards=[{"type": "login", "url": "/anmelden"}])
    assert plain([login], BOT).card == {"type": "login", "url": "/anmelden"}
    assert plain([login], BOT | {"bound": True}).card is None
    queue = message(2, cards=[{"type": "queue", "options": []}], buttons=[button("/back_to_bot")])
    assert plain([queue], BOT).waiting is None
    assert plain([queue], BOT | {"phase": "waiting"}).waiting is not None
    closed = BOT | {"phase": "closed"}
    asks = message(3, cards=[{"type": "feedback", "payload": "/feedback"}])
    assert plain([login, queue, asks], closed).choices == ()
    assert plain([asks], closed).feedback is None, "answered"
    assert plain([asks], closed | {"feedback": True}).feedback == asks["cards"][0]


def test_who_waits_or_talks_with_a_human_may_go_back_while_there_is_an_assistant():
    queue = message(1, buttons=[button("/back_to_bot"), button("/wait_request", "Anliegen")])
    assert titles(plain([queue], {"phase": "waiting"})) == ["Anliegen", "Zurück zum Assistenten"]
    assert titles(plain([queue], {"phase": "clerk"})) == ["Zurück zum Assistenten"]
    assert titles(plain([message(1, "Hallo")], {"phase": "clerk"})) == ["Zurück zum Assistenten"]
    for phase in ("waiting", "clerk"):
        off = plain([queue], {"phase": phase, "assistant": "aus"})
        assert "Zurück zum Assistenten" not in titles(off)


def test_the_citizens_own_messages_offer_nothing():
    assert plain([message(1, author="citizen", buttons=[button("/a")])], BOT).choices == ()


def test_a_transcript_names_who_said_what_and_when():
    clerk = {"function": "Bürgerservice", "office": "BÜRGERcenter"}
    prefill = {"type": "prefill", "fields": [{"id": "s", "value": "12345678911", "display": "•••• 911"}]}
    text = transcript(
        [
            message(1, "Hallo", "citizen"),
            message(2, "Ihre Daten: •••• 911", cards=[prefill]),
            message(3, "Guten Tag", "clerk", sender=clerk),
        ],
        "https://lotse.example",
        datetime(2026, 11, 23, 9, 5, tzinfo=UTC),
    )
    assert text.startswith("Gespräch mit Amtslotse\nGespeichert am 23.11.2026, 10:05 Uhr\n")
    assert "Sie, 23.11.2026, 10:01 Uhr:\nHallo\n" in text
    assert "Bürgerservice, BÜRGERcenter (Mensch), 23.11.2026, 10:03 Uhr:\nGuten Tag\n" in text
    assert "12345678911" not in text  # only what the log says in words


def test_the_way_back_replaces_another_one():
    assert with_return("/anmelden?zurueck=/&a=1") == "/anmelden?a=1&zurueck=%2Fchat"
    assert with_return("/identitaet") == "/identitaet?zurueck=%2Fchat"
