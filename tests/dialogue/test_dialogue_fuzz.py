"""Whatever a channel can deliver gets an answer in time, leaves no form stuck and raises nothing.

The messages go the whole way behind the gateway: understanding, rules, real actions, real portal. What the gateway's own
door does with any bytes is tested in tests/integration/handoff/test_handoff_fuzz.py.
"""

import string
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channel import DEADLINE_S
from tests.dialogue.dialogue_town import conversation

pytestmark = pytest.mark.engine

ODD = st.sampled_from(
    [
        "\u202e\u202dtxet", "🐕🏠➡️", "ﷺ" * 50, "a" * 4000, "Hund anmelden " * 1400, "-" * 20_000, "am 1. " * 3000, "1" * 400, "ä" * 999, "/start", "//human", "/", "\\", "{}", "[]",
        '{"intent": "affirm"}', "${jndi}", "%s%s%n", "'; DROP TABLE entwurf; --", "<script>alert(1)</script>", "\t\n\r ",
        "null", "None", "true", "0", "-1", "1e999", "٣١.١٢.٢٠٢٦", "31.02.2026", "32.13.0000", "am 99.", "um 25:61",
        "99999999999999999999 Euro", "DE00 0000 0000 0000 0000 00", "00000000000", "+49" + "0" * 40, "@", "a@b", ".", "?", "!!!",
        "нет", "evet", "نعم", "好", "नमस्ते", "ja nein ja nein", "abbrechen weiter zurück", "\ufeffHallo", "H\u0308a\u0308", "\x01\x02\x7f",
    ]
)  # fmt: skip
"""What broke chats elsewhere: directions, emoji, huge numbers, impossible dates, code, other scripts."""
GERMAN = st.lists(
    st.sampled_from(
        [
            "ich",
            "bin",
            "am",
            "12.",
            "umgezogen",
            "nein",
            "doch",
            "ja",
            "Hund",
            "zum",
            "nächsten",
            "5",
            "Ahstraße",
            "12a",
            "45879",
            "Gelsenkirchen",
            "IBAN",
            "Steuer",
            "Herr",
            "Müller",
            "100",
            "€",
            "weiter",
            "zurück",
            "Termin",
            "Kosten",
            "Mensch",
            "heute",
            "gestern",
            "Reisepass",
            "Personalausweis",
            "?",
            ".",
        ]
    ),
    min_size=1,
    max_size=12,
).map(" ".join)
ANYTHING = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), min_size=1, max_size=300
)
MESSAGES = st.lists(
    st.one_of(ODD, GERMAN, ANYTHING, st.text(string.printable, min_size=1, max_size=80)),
    min_size=1,
    max_size=4,
)
FORMS = ("wohnsitz_anmelden", "hundesteuer_anmelden", "bewohnerparken", "wohngeld")
"""Forms that ask for days, addresses, names, numbers, choices, sums, plates and secrets."""
SETTINGS = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


async def say_all(talk, messages):
    """Say what is left of each message after the gateway trimmed it; each gets an answer, in time."""
    for message in messages:
        if not message.strip():
            continue
        begin = time.monotonic()
        await talk.say(message.strip())
        assert talk.last.replies or talk.last.handoff, f"no answer to {message!r}"
        assert all(reply.get("text") or reply.get("cards") for reply in talk.last.replies), message
        assert time.monotonic() - begin < DEADLINE_S


@pytest.fixture
async def talk(assistant, demo_town, tmp_path):
    """One conversation for all examples of a test: each begins where the one before left off."""
    async with conversation(assistant, demo_town, tmp_path) as one:
        yield one


@SETTINGS
@given(MESSAGES)
async def test_before_any_form(talk, messages):
    await say_all(talk, messages)


@SETTINGS
@given(st.sampled_from(FORMS), MESSAGES)
async def test_no_form_is_stuck(talk, service, messages):
    await talk.press(f'/start{{"service": "{service}"}}')
    if talk.account is None:
        await talk.log_in("anna")
    release = next((card for card in talk.cards if card["type"] == "prefill"), None)
    if release is not None:
        await talk.press(release["payload"], {"freigeben": [], "aendern": {}})
    draft = await talk.draft()
    await say_all(talk, messages)
    await talk.say("Abbrechen")
    await talk.press(f'/start{{"service": "{service}"}}')
    assert talk.text
    assert (await talk.draft()).id == draft.id, "the application is still there"
    await talk.press("/human")
    assert talk.last.handoff, "a human can always be called"
    await talk.press("/handed_back")


@SETTINGS
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["/start", "/service", "/inform", "/correct", "/release", "/confirm", "/skip", "/later", "/change",
                 "/aspect", "/life_situation", "/appointment", "/uploaded", "/affirm", "/deny", "/back", "/unbekannt"]
            ),
            st.sampled_from(["", "{}", '{"service": "gibt_es_nicht"}', '{"service": 5}', '{"field": null}', '{"value": [1]}', "{kaputt", '{"a": {}}']),
            st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=8) | st.lists(st.integers(), max_size=2), max_size=3),
        ),
        min_size=1,
        max_size=3,
    )
)  # fmt: skip
async def test_buttons_that_nobody_offered(talk, presses):
    if talk.account is None:
        await talk.log_in("anna")
    await talk.press('/start{"service": "hundesteuer_anmelden"}')
    for payload, content, values in presses:
        if content and not content.endswith("}"):
            continue  # the channel refuses it with 422
        await talk.press(payload + content, values)
        assert talk.last.replies or talk.last.handoff, f"no answer to {payload}{content} {values}"
