"""The classifier on small data: one text at a time, long mails, two labels, odd texts; lines of any bytes."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.lexical import Pair, prepare
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
    return IntentModel.train(texts, names, [1.0] * len(texts))


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return trained("greet", "service", "out_of_scope")


def best(model: IntentModel, text: str) -> str:
    return model.labels[int(model.judge(text).probabilities.argmax())]


def test_one_text_is_read_as_many_are():
    rows = [(prepare(text), label) for label, texts in EXAMPLES.items() for text in texts]
    texts, labels = (np.array(column, dtype=object) for column in zip(*rows, strict=True))
    pair = Pair.fit(texts, labels, np.ones(len(texts)))
    single = pair.single()
    asked = [
        prepare(text) for text in ("Hund anmelden", "hallo hallo hallo", "", "???", "ganz andere Wörter")
    ]
    for one, many in zip(map(single, asked), pair.probabilities(asked), strict=True):
        np.testing.assert_allclose(one, many, atol=1e-4)


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
    assert model.judge("Wie wird morgen das Wetter?").strangeness > model.judge("Hund anmelden").strangeness


def test_two_labels_are_enough_and_need_no_gate():
    two = trained("greet", "service")
    assert best(two, "guten Tag") == "greet"
    assert best(two, "Ausweis beantragen") == "service"
    assert two.judge("Wetter").strangeness == 0.0


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
