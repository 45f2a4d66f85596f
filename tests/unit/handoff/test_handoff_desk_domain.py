"""Rules of the desk: who may see what, what an address looks like, what a reply is filled with."""

from datetime import UTC, date, datetime

import pytest

from handoff.domain.anschrift import HIDDEN, hide, without_addresses
from handoff.domain.facts import facts
from handoff.domain.message import Body, Message
from handoff.domain.replies import fill, unknown
from handoff.domain.weitergabe import Way, states_a_law, way
from handoff.services.drafts import doubt, for_clerk, summary_lines

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Ich wohne Ahstraße 12, 45879 Gelsenkirchen",
        "ahstr. 12a",
        "in der Lange Straße 5",
        "Hans-Böckler-Allee 44",
        "Am Stadtgarten 7",
        "Musterweg Nr. 3",
        "45879",
        "45899 Gelsenkirchen-Horst",
        "D-45879 Gelsenkirchen",
    ],
)
def test_what_looks_like_an_address_is_hidden(text):
    shown = without_addresses(text)
    assert HIDDEN in shown
    assert not any(part in shown.lower() for part in ("ahstr", "lange", "böckler", "stadtgarten", "muster"))
    assert not any(sign.isdigit() for sign in shown)


@pytest.mark.parametrize(
    "text",
    [
        "Ich bin am 12.11.2026 eingezogen.",
        "Was kostet das? 46 Euro?",
        "Ich warte auf dem Markt 10 Minuten",
        "Wir sind 3 Personen",
        "Sie sind auf Platz 3 der Warteschlange.",
        "Aktenzeichen AL-2026-7KQ2",
    ],
)
def test_other_numbers_stay(text):
    assert without_addresses(text) == text


def message(seq: int, author: str, text: str, *, asks: str | None = None) -> Message:
    cards = [{"type": "question", "field": {"id": "x", "type": asks}}] if asks else []
    return Message(seq=seq, author=author, lang="de", at=NOW, client_id=None, body=Body(text, [], cards))


def test_the_answer_to_a_question_for_an_address_is_hidden_whatever_it_says():
    shown = hide(
        [
            message(1, "bot", "Wie lautet Ihre neue Anschrift?", asks="address"),
            message(2, "citizen", "beim alten Zechentor links"),
            message(3, "bot", "Danke."),
            message(4, "citizen", "beim alten Zechentor links"),
        ]
    )
    assert [one.body.text for one in shown] == [
        "Wie lautet Ihre neue Anschrift?",
        HIDDEN,
        "Danke.",
        "beim alten Zechentor links",
    ]


@pytest.mark.parametrize(
    ("same", "protected", "law", "expected"),
    [
        (True, True, "", Way.FREE),
        (True, False, "", Way.FREE),
        (False, False, "", Way.ASK),
        (False, False, "weil es schneller geht", Way.ASK),
        (False, False, "§ 3 DSG NRW", Way.LAW),
        (False, False, "Art. 6 Abs. 1 Buchstabe e DSGVO", Way.LAW),
        (False, True, "§ 3 DSG NRW", Way.ASK),
        (False, True, "", Way.ASK),
    ],
)
def test_how_a_conversation_may_go_on(same, protected, law, expected):
    assert way(same_office=same, protected=protected, legal_basis=law) is expected


@pytest.mark.parametrize(
    ("text", "law"), [("§ 17 BMG", True), ("Artikel 9", True), ("Art", False), ("12", False)]
)
def test_what_names_a_law(text, law):
    assert states_a_law(text) is law


def test_a_reply_is_filled_and_shows_its_gaps():
    text, gaps = fill("Für „{leistung}“: {gebuehr}. {frist}", {"leistung": "Umzug", "gebuehr": "kostenlos"})
    assert text == "Für „Umzug“: kostenlos. [Frist laut Katalog]"
    assert gaps == ["frist"]
    assert unknown("{leistung} {passwort}") == ["passwort"]


def test_facts_name_their_source_and_mark():
    entry = {
        "name": "Umzug",
        "fee": "kostenlos",
        "fee_mark": "geprueft",
        "deadline": None,
        "law": ["§ 17 BMG"],
        "documents": [{"label": "Bestätigung", "required": False}],
        "sources": [{"label": "BMG", "mark": "geprueft"}, {"label": "Satzung", "mark": "stand_pruefen"}],
    }
    found = {one["id"]: one["text"] for one in facts(entry)}
    assert set(found) == {"gebuehr", "unterlagen", "recht"}
    assert found["gebuehr"] == (
        "Umzug, Kosten: kostenlos\nQuelle: BMG (geprüft); Satzung (Stand prüfen). Diese Angabe: geprüft."
    )
    assert "Bestätigung (falls vorhanden)" in found["unterlagen"]
    assert "Leistungskatalog (Stand prüfen)" in facts({"name": "X", "fee": "1 Euro"})[0]["text"]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (
            {"source": "stammdaten", "state": "beantwortet", "date": "2025-03-01"},
            "Stand 01.03.2025, älter als ein Jahr",
        ),
        ({"source": "stammdaten", "state": "beantwortet", "date": "2026-03-01"}, None),
        ({"source": "stammdaten", "state": "beantwortet", "date": None}, "Stand unbekannt"),
        ({"source": "angabe", "state": "beantwortet", "date": "2020-01-01"}, None),
        ({"source": "stammdaten", "state": "vorgeschlagen", "date": "2020-01-01"}, None),
    ],
)
def test_old_stored_data_are_doubtful(field, expected):
    assert doubt(field, date(2026, 11, 23)) == expected


def test_a_withheld_field_reaches_the_console_as_such():
    field = {"id": "a", "label": "A", "state": "beantwortet", "display": None, "withheld": "auskunftssperre"}
    shown = for_clerk({"fields": [field]}, date(2026, 11, 23))["fields"][0]
    assert (shown["display"], shown["withheld"]) == ("", "auskunftssperre")


def test_who_acts_for_whom_reaches_the_console_and_the_summary():
    draft = {
        "name": "Wohngeld",
        "acting": "A handelt mit Vollmacht für B",
        "second_parent": "angefragt",
        "fields": [],
    }
    shown = for_clerk(draft, date(2026, 11, 23))
    assert (shown["acting"], shown["second_parent"]) == ("A handelt mit Vollmacht für B", "angefragt")
    assert summary_lines(draft) == ["Anliegen: Wohngeld", "A handelt mit Vollmacht für B"]
