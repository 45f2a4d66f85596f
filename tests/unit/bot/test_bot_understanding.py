"""The classifier on small data: one text at a time, long mails, two labels, odd texts; lines of any bytes."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.lexical import Features, prepare
from bot.nlu.network import Examples, Network, softmax
from bot.nlu.understanding import IntentModel, _sentences
from bot.parse import lines_of

EXAMPLES = {
    "greet": ("hallo", "guten Tag", "moin moin", "grüß Gott", "hallo zusammen", "guten Morgen", "servus", "tach", "hey"),
    "service": (
        "Ich möchte meinen Hund anmelden", "neuen Ausweis beantragen", "Auto ummelden", "Wohngeld beantragen bitte",
        "ich brauche einen Reisepass", "Gewerbe anmelden", "Kitaplatz suchen", "Führungszeugnis beantragen", "Hund abmelden",
    ),
    "out_of_scope": (
        "Wie wird das Wetter?", "Spiel Musik", "Rezept für Kuchen", "Wer gewinnt das Spiel?", "Erzähl einen Witz",
        "Aktienkurse heute", "Pizza bestellen", "Flug nach Rom buchen", "Was läuft im Kino?",
    ),
}  # fmt: skip


def trained(*labels: str) -> IntentModel:
    rows = [(text, label) for label in labels for text in EXAMPLES[label]]
    texts, names = zip(*rows, strict=True)
    return IntentModel.train(texts, [(name, None) for name in names], [1.0] * len(texts))


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return trained("greet", "service", "out_of_scope")


def best(model: IntentModel, text: str) -> str:
    return model.labels[int(model.judge(text).probabilities.argmax())]


def small_network() -> tuple[Features, Network]:
    texts = [prepare(text) for examples in EXAMPLES.values() for text in examples]
    labels = np.repeat(np.arange(len(EXAMPLES)), [len(examples) for examples in EXAMPLES.values()])
    features = Features.fit(texts)
    vectors = np.zeros((len(texts), 4), np.float32)
    examples = Examples(features.matrix(texts), vectors, labels, labels, np.ones(len(texts), np.float32))
    return features, Network.train(examples, len(EXAMPLES), len(EXAMPLES))


def test_one_text_is_read_as_many_are():
    features, network = small_network()
    asked = [
        prepare(text) for text in ("Hund anmelden", "hallo hallo hallo", "", "???", "ganz andere Wörter")
    ]
    together = network.margins(features.matrix(asked), np.zeros((len(asked), 4), np.float32))
    for number, text in enumerate(asked):
        alone = network.margins_of_one(*features.row(text), np.zeros((1, 4), np.float32))
        for one, many in zip(alone, together, strict=True):
            np.testing.assert_allclose(one[0], many[number], atol=1e-4)


def test_the_network_learns_its_examples_and_the_same_seed_gives_the_same_network():
    features, network = small_network()
    texts = [prepare(text) for examples in EXAMPLES.values() for text in examples]
    labels = np.repeat(np.arange(len(EXAMPLES)), [len(examples) for examples in EXAMPLES.values()])
    margins, details = network.margins(features.matrix(texts), np.zeros((len(texts), 4), np.float32))
    assert (margins.argmax(axis=1) == labels).all()
    assert (details.argmax(axis=1) == labels).all()
    assert np.array_equal(small_network()[1].rows, network.rows)


def test_a_higher_temperature_is_less_sure():
    margins = np.array([[2.0, 0.0, -1.0]], np.float32)
    sure, unsure = softmax(margins, 0.5), softmax(margins, 2.0)
    assert sure[0, 0] > softmax(margins)[0, 0] > unsure[0, 0]
    assert unsure.sum() == pytest.approx(1.0)


def test_details_tell_apart_what_one_intent_may_mean():
    wishes = [(text, ("service", "hund" if "Hund" in text else "andere")) for text in EXAMPLES["service"]]
    wishes += [
        (f"mein Hund {word}", ("service", "hund")) for word in ("muss an", "ist neu", "soll weg", "zahlt")
    ]
    rows = [*wishes, *((text, ("greet", None)) for text in EXAMPLES["greet"])]
    texts, wants = zip(*rows, strict=True)
    model = IntentModel.train(texts, wants, [1.0] * len(texts))
    details = dict(zip(model.details, model.judge("Hund anmelden").details, strict=True))
    assert details["service", "hund"] == max(details.values())


def test_the_sentences_of_a_long_mail_that_ask_are_read_again():
    story = "Hallo zusammen. Gestern war das Wetter schön und wir haben einen Kuchen gebacken. "
    wish = "Ich möchte gern einen neuen Ausweis beantragen."
    assert _sentences(story + wish + " Viele liebe Grüße von uns allen.") == [wish]
    assert len(_sentences(story * 2)) == 2
    assert _sentences("Ich möchte einen Ausweis. Geht das?") == []


def test_the_wish_of_a_long_mail_counts_and_not_its_greeting(model):
    mail = (
        "Hallo zusammen, guten Tag und guten Morgen! Ich hoffe, bei Ihnen ist alles gut. Ich möchte gern meinen Hund anmelden. "
        "Viele Grüße und guten Tag noch."
    )
    assert best(model, mail) == "service"


def test_what_is_none_of_our_business_is_strange(model):
    column = model.labels.index("out_of_scope")
    strange, ours = (
        model.judge(text).probabilities[column] for text in ("Wie wird morgen das Wetter?", "Hund anmelden")
    )
    assert strange > ours


def test_two_labels_are_enough():
    two = trained("greet", "service")
    assert best(two, "guten Tag") == "greet"
    assert best(two, "Ausweis beantragen") == "service"
    with pytest.raises(ValueError, match="two intents"):
        trained("greet")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_probabilities(model, text):
    found = model.judge(text).probabilities
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(1.0, abs=1e-3)


def test_lines_of_any_bytes_stay_lines():
    lines = list(
        lines_of(
            io.BytesIO(b"\xff\xfe ja\r\nnein\x00\xe2\x80\xa8weiter\n\n" + "größer".encode() + b"\xf0\x9f")
        )
    )
    assert [line.rstrip("\r\n") for line in lines] == [
        "\ufffd\ufffd ja",
        "nein\x00\u2028weiter",
        "",
        "größer\ufffd",
    ]
