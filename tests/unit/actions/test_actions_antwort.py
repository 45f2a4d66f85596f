"""Is this an answer? Gated by dialogue act and field type."""

import pytest

from actions import antwort
from actions.antwort import Antwort, Unbrauchbar
from tests.support.actions_turn import field, turn


@pytest.mark.parametrize("kind", ["text", "name", "date", "yes_no", "choice", "integer", "address", "plz"])
@pytest.mark.parametrize("intent", sorted(antwort.ABSCHWEIFUNGEN))
def test_a_certain_digression_without_a_value_is_no_answer(kind, intent):
    slots = {"leistung": "wohnsitz_anmelden"}
    said = turn("Ich möchte Ihnen etwas anderes sagen", intent=intent, confidence=0.98, slots=slots)
    assert antwort.lesen(said, field(kind)) is None


@pytest.mark.parametrize("intent", sorted(antwort.ANKLANG))
def test_a_free_text_may_name_a_service_without_wishing_for_it(intent):
    reason = "Am Freitag geht mein Flug und der Pass ist abgelaufen"
    said = turn(reason, intent=intent, confidence=0.98, entities={"service": "reisepass"})
    assert antwort.lesen(said, field("text")) == Antwort("frage", reason)
    assert antwort.lesen(said, field("name")) is None


@pytest.mark.parametrize("kind", ["text", "name"])
def test_a_keyword_is_the_answer_to_a_free_text(kind):
    said = turn("Taxischein", intent="service", confidence=0.98)
    assert antwort.lesen(said, field(kind)) == Antwort("frage", "Taxischein")


def test_the_own_service_may_be_wished_for_in_a_free_text():
    reason = "Ich brauche den Reisepass für eine Prüfung im Ausland"
    entities = {"service": "reisepass"}
    own = turn(reason, intent="service", confidence=0.98, entities=entities, slots={"leistung": "reisepass"})
    other = turn(reason, intent="service", confidence=0.98, entities=entities, slots={"leistung": "rente"})
    assert antwort.lesen(own, field("text")) == Antwort("frage", reason)
    assert antwort.lesen(other, field("text")) is None


@pytest.mark.parametrize("kind", ["date", "choice", "address"])
def test_short_nonsense_is_an_attempt(kind):
    said = turn("vom Mond", intent="out_of_scope", confidence=0.98)
    assert antwort.lesen(said, field(kind)) == Unbrauchbar(f"utter_antrag_unklar_{kind}")


def test_short_words_out_of_scope_may_be_what_was_asked_but_signs_alone_are_not():
    assert antwort.lesen(turn("Mops", intent="out_of_scope"), field("text")) == Antwort("frage", "Mops")
    assert antwort.lesen(turn("...", intent="out_of_scope"), field("text")) == Unbrauchbar(
        "utter_antrag_unklar_text"
    )


def test_a_denied_option_is_not_chosen():
    said = turn("nein, nicht die neue Wohnung, die weitere Wohnung", intent="inform")
    assert antwort.lesen(said, field("choice")) == Antwort("frage", "weitere")


@pytest.mark.parametrize(
    "kind", ["text", "name", "date", "yes_no", "choice", "integer", "address", "plz", "iban"]
)
def test_a_question_is_no_answer(kind):
    said = turn(
        "Was kostet das am 12.11.2026?", intent="aspect", act="question", entities={"date": "2026-11-12"}
    )
    assert antwort.lesen(said, field(kind)) is None


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("date", turn("Guten Tag, am 12.11.", intent="greet", entities={"date": "2026-11-12"}), "2026-11-12"),
        ("date", turn("am 12.", intent="inform", entities={"date": "2026-11-12"}), "2026-11-12"),
        ("yes_no", turn("Ja klar", intent="affirm"), "ja"),
        ("yes_no", turn("keine", intent="deny"), "nein"),
        ("yes_no", turn("Nein, niemand", intent="inform"), "nein"),
        ("choice", turn("die neue wohnung", intent="service"), "neue"),
        ("choice", turn("die weitere Wohnnug", intent="inform"), "weitere"),
        ("integer", turn("wir sind 3", intent="inform"), 3),
        ("amount", turn("650,50 Euro", intent="inform"), 65050),
        ("amount", turn("1.200 €", intent="inform"), 120000),
        (
            "address",
            turn("Ahstraße 12, 45879 Gelsenkirchen", intent="inform"),
            "Ahstraße 12, 45879 Gelsenkirchen",
        ),
        ("name", turn("Müller", intent="service", confidence=0.47), "Müller"),
        ("text", turn("selbst Eigentümer", intent="service", confidence=0.29), "selbst Eigentümer"),
        ("plz", turn("45879", intent="inform"), "45879"),
    ],
)
def test_a_value_of_the_asked_type_is_the_answer(kind, said, value):
    assert antwort.lesen(said, field(kind)) == Antwort("frage", value)


@pytest.mark.parametrize(
    ("kind", "said", "response"),
    [
        ("date", turn("Banane", intent="service", confidence=0.33), "utter_antrag_unklar_date"),
        ("date", turn("letzte Woche", intent="inform", entities={"date_range": "2026-11-16/2026-11-22"}), "utter_antrag_tag_genau"),
        ("yes_no", turn("vielleicht", intent="inform"), "utter_antrag_unklar_yes_no"),
        ("choice", turn("blau", intent="inform"), "utter_antrag_unklar_choice"),
        ("integer", turn("ein paar", intent="inform"), "utter_antrag_unklar_integer"),
        ("amount", turn("viel", intent="inform"), "utter_antrag_unklar_amount"),
        ("address", turn("irgendwo", intent="inform"), "utter_antrag_unklar_address"),
    ],
)  # fmt: skip
def test_an_attempt_without_a_value_says_what_is_needed(kind, said, response):
    assert antwort.lesen(said, field(kind)) == Unbrauchbar(response)


def test_a_number_in_the_vault_travels_as_its_reference():
    said = turn(
        "DE•• 1234", intent="inform", secrets=[{"ref": "tresor:1", "kind": "iban", "start": 0, "end": 9}]
    )
    assert antwort.lesen(said, field("iban")) == Antwort("frage", None, secret_ref="tresor:1")


def test_a_secret_of_another_kind_is_not_taken():
    said = turn(
        "12345", intent="inform", secrets=[{"ref": "tresor:1", "kind": "steuer_id", "start": 0, "end": 5}]
    )
    assert antwort.lesen(said, field("document_number")) == Antwort("frage", "12345")


@pytest.mark.parametrize("intent", sorted(antwort.VORRANG))
def test_danger_a_human_and_cancelling_win_over_every_field(intent):
    assert not antwort.kommt_in_frage(turn("12.11.2026", intent=intent, entities={"date": "2026-11-12"}))


def test_a_yes_to_an_offer_is_no_answer_of_the_form():
    offered = turn("ja", intent="affirm", slots={"angebot": {"art": "neustart"}})
    assert not antwort.kommt_in_frage(offered)


@pytest.mark.parametrize("payload", ["/confirm", "/start", "/human", "/skip"])
def test_other_buttons_are_no_answers(payload):
    assert not antwort.kommt_in_frage(turn(payload, intent=payload[1:]))


def test_a_button_carries_its_value():
    pressed = turn(
        '/inform{"field": "frage", "value": "neue"}',
        intent="inform",
        entities={"field": "frage", "value": "neue"},
    )
    assert antwort.lesen(pressed, field("choice")) == Antwort("frage", "neue")
