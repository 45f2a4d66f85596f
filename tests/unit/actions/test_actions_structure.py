"""Every intent has an answer, every sentence exists, every gap of a sentence is filled."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

from actions import antwort, fragen
from actions.antrag import WARTEN
from portal.client import DraftView

ROOT = Path(__file__).resolve().parents[3]
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RESPONSES = {
    name: variations
    for path in (ROOT / "data" / "responses").glob("*.yml")
    for name, variations in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items()
}
RULES = [
    rule
    for path in (ROOT / "data" / "rules").glob("*.yml")
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
]
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "actions").glob("*.py")}
NAMED = {name for text in SOURCES.values() for name in re.findall(r'"(utter_[a-z_]+)"', text)} - {
    "utter_action"
}
BUILT = (
    "utter_antrag_unklar_",
    "utter_abgabe_pruefen_",
    "utter_abgabe_erhalten_",
    "utter_abgabe_elternteil_",
)


@pytest.fixture(scope="module")
def registered():
    executor = ActionExecutor()
    executor.register_package("actions")
    ours = ("actions",)  # other tests define abilities of their own, which rasa_sdk finds as subclasses
    return {name for name, run in executor.actions.items() if type(run.__self__).__module__.startswith(ours)}


def test_every_intent_has_a_rule():
    ruled = {step["intent"] for rule in RULES for step in rule["steps"] if "intent" in step}
    assert set(DOMAIN["intents"]) <= ruled


def test_domain_and_code_name_the_same_actions(registered):
    assert set(DOMAIN["actions"]) == {
        name for name in registered if not name.startswith("action_validate_slot")
    }


def test_every_ability_is_reached_by_a_rule_or_the_form(registered):
    ruled = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    assert registered - ruled <= {"validate_antrag_form", "action_ask_feld_wert"}


def test_every_sentence_that_is_named_exists():
    assert set(RESPONSES) >= NAMED


def test_every_sentence_is_used():
    assert {name for name in RESPONSES if name not in NAMED and not name.startswith(BUILT)} == set()


@pytest.mark.parametrize("effect", ["antrag", "anzeige", "vorbereitung"])
def test_every_effect_has_its_sentences(effect):
    assert {f"utter_abgabe_pruefen_{effect}", f"utter_abgabe_erhalten_{effect}"} <= set(RESPONSES)


def test_every_state_of_the_other_parents_word_has_its_sentence():
    states = get_args(get_args(DraftView.model_fields["second_parent"].annotation)[0])
    waiting = {f"utter_abgabe_elternteil_{state}" for state in states if state != "bestaetigt"}
    assert len(waiting) == 4
    assert waiting <= set(RESPONSES)


@pytest.mark.parametrize("kind", ["date", "yes_no", "choice", "integer", "amount", "address"])
def test_every_type_that_can_be_missed_has_its_sentence(kind):
    assert f"utter_antrag_unklar_{kind}" in RESPONSES
    assert kind not in antwort.FREITEXT | antwort.ROH


def test_only_the_preparation_speaks_of_a_preparation_and_none_says_that_anything_is_settled():
    assert "Vorbereitung" in RESPONSES["utter_abgabe_erhalten_vorbereitung"][0]["text"]
    assert not re.search(
        r"sind (?:jetzt )?angemeldet|eingegangen", RESPONSES["utter_abgabe_erhalten_vorbereitung"][0]["text"]
    )


def calls():
    """Every literal `say("utter_…", …)` with the variables that it fills."""
    for name, text in SOURCES.items():
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "say"
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and all(keyword.arg for keyword in node.keywords)
            ):
                yield pytest.param(
                    node.args[0].value, {k.arg for k in node.keywords}, id=f"{name}:{node.args[0].value}"
                )


@pytest.mark.parametrize(("response", "filled"), calls())
def test_every_gap_of_a_sentence_is_filled(response, filled):
    gaps = set(re.findall(r"\{(\w+)\}", RESPONSES[response][0]["text"]))
    assert gaps <= filled


def test_sets_of_actions_name_existing_ones(registered):
    assert registered >= WARTEN
    assert registered >= fragen.ABSCHWEIFUNG


def test_citizens_are_addressed_formally_and_without_markup():
    for name, variations in RESPONSES.items():
        for variation in variations:
            assert not re.search(r"\b(?:du|dein|deine|dir|dich)\b", variation["text"], re.IGNORECASE), name
            assert not re.search(r"[<>*]|\]\(", variation["text"]), name
