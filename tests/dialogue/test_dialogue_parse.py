"""The contract of `amtslotse parse`: one line in, one JSON object out, field by field, whatever the line holds."""

import io
import json
import math
import time
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.parse import Parser, lines_of

pytestmark = pytest.mark.engine

NOW = datetime.fromisoformat("2026-11-24T12:00:00+01:00")
INTENTS = {
    "greet", "goodbye", "thanks", "affirm", "deny", "cancel", "back", "repeat", "restart", "human", "complaint",
    "bot_challenge", "privacy", "status", "aspect", "life_situation", "service", "inform", "emergency", "chitchat",
    "out_of_scope",
}  # fmt: skip
ODD = [
    "", " ", "\x00", "ja\x00nein", "\ufffd\ufffd", "🐕🏠➡️", "\u202eanmelden\u202c Hund", "مرحبا", "/", "/start", '/service{"a": 1}',
    "?", "a" * 100_000, "Hund anmelden " * 8_000, "1" * 100_000, "-" * 20_000, "\n".join(["ja"] * 3), "é\u0301" * 500, "DE89 " * 5_000,
    "am 1. " * 4_000, "Mein Hund. " * 3_000, "[Hund](service)", "{}", "null",
]  # fmt: skip
LONGEST_S = 10.0


@pytest.fixture(scope="module")
def parser(model):
    return Parser(model)


def check(found, text):
    assert set(found) == {"text", "intent", "life_situation", "services", "entities", "out_of_scope"}
    assert found["text"] == text
    assert set(found["intent"]) == {"name", "confidence"}
    assert found["intent"]["name"] in INTENTS
    assert 0 <= found["intent"]["confidence"] <= 1
    situation = found["life_situation"]
    assert situation is None or (set(situation) == {"id"} and isinstance(situation["id"], str))
    for service in found["services"]:
        assert set(service) == {"id", "nr", "leika", "name", "score"}
        assert isinstance(service["id"], str)
        assert isinstance(service["name"], str)
        assert service["nr"] is None or isinstance(service["nr"], int)
        assert service["leika"] is None or isinstance(service["leika"], str)
        assert math.isfinite(service["score"])
    scores = [service["score"] for service in found["services"]]
    assert scores == sorted(scores, reverse=True)
    for entity in found["entities"]:
        assert set(entity) == {"type", "value", "start", "end"}
        assert isinstance(entity["value"], str | int)
        assert 0 <= entity["start"] < entity["end"] <= len(text)
    assert isinstance(found["out_of_scope"], bool)
    assert json.loads(json.dumps(found, ensure_ascii=False).encode()) == found


def test_every_field_of_one_utterance(parser):
    text = "Ich bin am 12.11. nach Gelsenkirchen gezogen und zahle 650 Euro Miete"
    found = parser.parse(text, NOW)
    check(found, text)
    assert found["life_situation"] == {"id": "umzug"}
    entities = {(e["type"], e["value"], text[e["start"] : e["end"]]) for e in found["entities"]}
    assert {
        ("date", "2026-11-12", "12.11."),
        ("town", "Gelsenkirchen", "Gelsenkirchen"),
        ("amount", 65000, "650 Euro"),
    } <= entities


def test_a_wish_names_the_service_with_its_key(parser):
    found = parser.parse("Ich möchte meinen Hund anmelden", NOW)
    assert found["intent"]["name"] == "service"
    assert found["services"][0]["id"] == "hundesteuer_anmelden"
    assert not found["out_of_scope"]
    assert parser.parse("Wie wird das Wetter am Wochenende?", NOW)["out_of_scope"]


def test_the_given_day_decides_what_is_meant(parser):
    (first,) = parser.parse("gestern", NOW)["entities"]
    (second,) = parser.parse("gestern", NOW.replace(day=1))["entities"]
    assert (first["value"], second["value"]) == ("2026-11-23", "2026-10-31")


@pytest.mark.parametrize("number", range(len(ODD)))
def test_odd_lines_keep_the_contract_in_time(parser, number):
    begin = time.process_time()
    check(parser.parse(ODD[number], NOW), ODD[number])
    assert time.process_time() - begin < LONGEST_S


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.binary(max_size=200))
def test_any_bytes_keep_the_contract(parser, raw):
    lines = [line.rstrip("\r\n") for line in lines_of(io.BytesIO(raw))]
    assert len(lines) == raw.count(b"\n") + (not raw.endswith(b"\n") and bool(raw))
    for line in lines:
        check(parser.parse(line, NOW), line)
