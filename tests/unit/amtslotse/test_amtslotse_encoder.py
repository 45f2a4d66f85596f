"""Making the encoder: the trial that decides whether tuned word vectors are kept, and the steps that need no torch."""

import numpy as np

from amtslotse import encoder_training
from amtslotse.encoder_training import main_directions, project_texts, reduced
from amtslotse.encoder_trial import Example, errors
from amtslotse.encoder_tuning import lessons
from amtslotse.installation import Installation

FILES = ("eins.yml", "zwei.yml", "drei.yml")


def examples() -> list[Example]:
    """Words that no two files share, so that letters and words know nothing of a file that was not read."""
    return [
        Example(f"{word}{number}{place}" * 2, intent, intent, file)
        for intent, word in (("service", "ab"), ("greet", "xy"))
        for place, file in enumerate(FILES)
        for number in range(4)
    ]


def test_a_better_encoder_errs_less_on_files_that_it_has_not_read():
    rows = examples()
    truth = {row.text: row.intent for row in rows}
    learned_from: list[set[str]] = []

    def knowing(numbers):
        learned_from.append({rows[i].file for i in numbers})
        return lambda texts: np.array(
            [[1.0, 0.0] if truth[t] == "greet" else [0.0, 1.0] for t in texts], np.float32
        )

    def blind(_):
        return lambda texts: np.ones((len(texts), 2), np.float32)

    found = errors(rows, {"knowing": knowing, "blind": blind})
    assert found["knowing"] == 0.0 <= found["blind"]
    assert all(len(files) == len(FILES) - 1 for files in learned_from)


def test_better_tuned_vectors_are_kept_and_worse_ones_are_not(monkeypatch):
    keys, vectors = ["hund", "ausweis"], np.eye(2, dtype=np.float32)
    rows, aims = [Example("hund", "service", "hund", "a.yml")], np.ones((1, 2), np.float32)
    monkeypatch.setattr(encoder_training.encoder_tuning, "tuned", lambda *_: vectors * 2)
    for tuned, kept in ((0.1, vectors * 2), (0.199, vectors), (0.3, vectors)):
        outcome = {"words": 0.2, "tuned": tuned}
        monkeypatch.setattr(encoder_training.encoder_trial, "errors", lambda *_, outcome=outcome: outcome)
        better, found = encoder_training.tuned_if_better(keys, vectors, rows, aims)
        np.testing.assert_array_equal(better, kept)
        assert found == outcome


def test_directions_are_those_in_which_the_vectors_differ():
    vectors = np.random.default_rng(0).normal(size=(200, 5)).astype(np.float32) * [9, 1, 0.1, 0.1, 0.1]
    axes = main_directions(vectors, 2)
    assert axes.shape == (5, 2)
    assert abs(axes[0, 0]) > 0.99
    assert abs(axes[1, 1]) > 0.99
    np.testing.assert_allclose(np.linalg.norm(reduced(vectors, axes), axis=1), 1, rtol=1e-5)


def test_lessons_are_the_examples_with_their_finest_label():
    root = Installation.from_environment({}).root
    found = list(lessons(root))
    assert {"wohnsitz_anmelden", "umzug", "greet"} <= {lesson.label for lesson in found}
    assert {lesson.intent for lesson in found} >= {"service", "life_situation", "greet"}
    assert any("leistungen" in lesson.file for lesson in found)
    assert len("".join(project_texts(root))) > sum(len(lesson.text) for lesson in found)
