"""Runs every conversation of gespraeche/*.yml against the trained assistant, the real actions and a real portal.

A step is what one side does (`sagt`, `drueckt`, `meldet_sich_an`, `weist_sich_nach`, `laedt_hoch`, …) with what must then
be true. How a step is written: README.md beside this file.
"""

from datetime import datetime
from pathlib import Path

import pytest
import yaml

from tests.dialogue.dialogue_town import CONVERSATION, NOW, Conversation, conversation

FILES = sorted((Path(__file__).parent / "gespraeche").glob("*.yml"))
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['gespraech']}")
    for path in FILES
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]
PRELUDES = yaml.safe_load((Path(__file__).parent / "vorspiele.yml").read_text(encoding="utf-8"))

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("case", CASES)
async def test_conversation(case, assistant, demo_town, tmp_path):
    async with conversation(assistant, demo_town, tmp_path, now=case.get("jetzt", NOW)) as talk:
        for number, step in enumerate(steps(case), 1):
            await act(talk, step)
            await check(talk, step, f"step {number} {step}\nanswer: {talk.text}\ncards: {talk.cards}")


def test_at_least_half_of_the_conversations_are_unhappy():
    unhappy = [case.values[0] for case in CASES if case.values[0].get("unglatt")]
    assert len(CASES) >= 120
    assert 2 * len(unhappy) >= len(CASES)


def steps(case):
    """The steps of a conversation, those of its beginning first."""
    if "vorspiel" in case:
        yield from prelude(case["vorspiel"])
    yield from case["schritte"]


def prelude(name):
    for step in PRELUDES[name]:
        if "vorspiel" in step:
            yield from prelude(step["vorspiel"])
        else:
            yield step


async def act(talk: Conversation, step):
    match step:
        case {"sagt": text}:
            await talk.say(text, step.get("geheim"))
        case {"drueckt": payload}:
            await talk.press(payload, step.get("mit"))
        case {"drueckt_knopf": title}:
            await talk.press(talk.buttons[title])
        case {"meldet_sich_an": person}:
            await talk.log_in(person)
        case {"weist_sich_nach": _}:
            await talk.prove_identity()
        case {"laedt_hoch": evidence}:
            await talk.upload(evidence)
        case {"mensch_aendert": {"feld": field, "wert": value}}:
            await talk.clerk_changes(field, value, step.get("ereignis", "/draft_changed"))
        case {"handelt_fuer": name}:
            await talk.acts_for(name)
        case {"elternteil": answer}:
            await talk.other_parent(answer)
        case {"sitzung_endet": _}:
            await talk.end_session()
        case {"portal": state}:
            talk.network.cut = state == "weg"
        case {"jetzt": moment}:
            talk.clock.now = datetime.fromisoformat(moment)
        case {"noch_einmal": "gespeichert"}:
            await talk.send_again()
        case {"noch_einmal": "abgestuerzt"}:
            await talk.turn_again()
        case {"freigabe": changes}:
            await release(talk, changes or {})
        case _:
            raise AssertionError(f"unknown step {step}")


async def release(talk, changes):
    """Release what the card offers, as the widget does."""
    card = next(one for one in reversed(talk.cards) if one["type"] == "prefill")
    offered = [
        one["id"] for one in card["fields"] if one["state"] == "vorhanden" and one["id"] not in changes
    ]
    await talk.press(card["payload"], {"freigeben": offered, "aendern": changes})


def listed(value):
    return value if isinstance(value, list) else [value]


async def check(talk: Conversation, step, where):
    for text in listed(step.get("sagt_bot", [])):
        assert text in talk.text, f"missing {text!r} in {where}"
    for text in listed(step.get("sagt_nicht", [])):
        assert text not in talk.text, f"unwanted {text!r} in {where}"
    types = [card["type"] for card in talk.cards]
    for card in listed(step.get("karte", [])):
        assert card in types, f"no card {card!r} in {where}"
    for card in listed(step.get("karten_nicht", [])):
        assert card not in types, f"unwanted card {card!r} in {where}"
    if "frage" in step:
        asked = [card["field"]["id"] for card in talk.cards if card["type"] == "question"]
        assert asked[-1:] == [step["frage"]], f"asked {asked} in {where}"
    for payload in listed(step.get("knopf", [])):
        assert any(payload in one for one in talk.payloads), (
            f"no button {payload!r} of {talk.payloads} in {where}"
        )
    if step.get("still"):
        assert talk.last.replies == [], where
    if "uebergabe" in step:
        reason = (talk.last.handoff or {}).get("reason")
        assert reason == step["uebergabe"], f"handoff {talk.last.handoff} in {where}"
    if "slot" in step:
        slots = await talk.slots()
        assert {name: slots[name] for name in step["slot"]} == step["slot"], where
    if {"feld", "schritt"} & set(step):
        draft = await talk.gateway.current_draft(CONVERSATION)
        values = {one.id: one.value for one in draft.fields}
        assert {name: values[name] for name in step.get("feld", {})} == step.get("feld", {}), where
        assert draft.next.kind == step.get("schritt", draft.next.kind), where
