"""What comes next in a draft, and what handing in means."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.antragsentwurf import (
    Bedingung,
    Frage,
    Gegeben,
    Lage,
    Wirkung,
    Zustand,
    fehlend,
    fortschritt,
    naechster_schritt,
    reicht,
    wirkung,
    zustaende,
)

FRAGEN = (
    Frage("a", True),
    Frage("b", True, Bedingung("a", ("ja",))),
    Frage("c", True, Bedingung("b", ("x",))),
    Frage("d", False),
)
LAGE = Lage(
    status="offen",
    fragen=FRAGEN,
    antworten={},
    nachweise=(Frage("n", True), Frage("m", True, Bedingung("a", ("ja",)))),
    vorliegend=frozenset(),
    wirkung=Wirkung.ANZEIGE,
    niveau="hoch",
    vertrauen="hoch",
    heute=date(2026, 11, 24),
)
FERTIG = replace(LAGE, antworten={"a": Gegeben("nein"), "d": Gegeben(None)}, vorliegend=frozenset({"n"}))


def test_a_condition_that_falls_takes_the_whole_chain_with_it() -> None:
    answers = {"a": Gegeben("nein"), "b": Gegeben("x"), "c": Gegeben("y")}
    states = zustaende(FRAGEN, answers)
    assert [states[k] for k in "abcd"] == [
        Zustand.BEANTWORTET,
        Zustand.ENTFAELLT,
        Zustand.ENTFAELLT,
        Zustand.OFFEN,
    ]


def test_an_offer_does_not_satisfy_a_condition() -> None:
    states = zustaende(FRAGEN, {"a": Gegeben("ja", vorschlag=True)})
    assert (states["a"], states["b"]) == (Zustand.VORGESCHLAGEN, Zustand.ENTFAELLT)


@pytest.mark.parametrize(
    ("lage", "kind", "item"),
    [
        (replace(LAGE, antworten={"a": Gegeben("ja", vorschlag=True)}), "release", None),
        (LAGE, "field", "a"),
        (replace(LAGE, antworten={"a": Gegeben("nein")}), "field", "d"),
        (replace(FERTIG, vorliegend=frozenset()), "evidence", "n"),
        (replace(FERTIG, erklaerbar_ab=date(2026, 12, 1)), "wait", None),
        (replace(FERTIG, erklaerbar_ab=date(2026, 11, 24)), "confirm", None),
        (replace(FERTIG, vertrauen="substantiell"), "identity", None),
        (replace(FERTIG, vertrauen="niedrig", status="vorbereitet"), "done", None),
        (replace(FERTIG, status="vorbereitet"), "confirm", None),
        (replace(FERTIG, wirkung=None), "confirm", None),
        (FERTIG, "confirm", None),
        (replace(FERTIG, status="abgegeben"), "done", None),
        (replace(LAGE, status="verworfen"), "done", None),
    ],
)
def test_next_step(lage: Lage, kind: str, item: str | None) -> None:
    step = naechster_schritt(lage)
    assert (step.art, step.id) == (kind, item)


def test_below_the_level_and_without_online_way_it_is_only_a_preparation() -> None:
    assert wirkung(FERTIG) is Wirkung.ANZEIGE
    assert wirkung(replace(FERTIG, vertrauen="substantiell")) is Wirkung.VORBEREITUNG
    assert wirkung(replace(FERTIG, wirkung=None)) is Wirkung.VORBEREITUNG


def test_evidence_with_a_condition_counts_only_when_it_applies() -> None:
    answers = {"a": Gegeben("ja"), "b": Gegeben("y"), "d": Gegeben(None)}
    step = fehlend(replace(LAGE, antworten=answers, vorliegend=frozenset({"n"})))
    assert step is not None
    assert (step.art, step.id) == ("evidence", "m")


def test_optional_questions_do_not_make_a_draft_incomplete() -> None:
    assert fehlend(replace(FERTIG, antworten={"a": Gegeben("nein")})) is None


def test_progress_counts_what_applies() -> None:
    assert fortschritt(LAGE) == (0, 3)
    assert fortschritt(FERTIG) == (3, 3)


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        reicht("niedrig", "sehr hoch")
