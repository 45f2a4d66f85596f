"""`amtslotse search`: one JSON object a line for whatever stands on standard input."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from amtslotse.cli import app

LINES = [
    b"Hund anmelden",
    b"",
    b"   ",
    "Führerschein verloren\r".encode(),
    b"Wohngeld \xff\xfe kaputt",
    b"\x00\x1b\x07",
    b'{"query": "Perso"}',
    b"Perso abgelaufen " * 50_000,
    "🐶 Hund abmelden\u2028jetzt".encode(),
    b"Hartz 4",
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    var: Path = tmp_path_factory.mktemp("suche")
    result = CliRunner().invoke(app, ["search"], input=b"\n".join(LINES), env={"AMTSLOTSE_VAR": str(var)})
    assert result.exit_code == 0, result.output
    assert result.stderr == ""  # no bar where nobody looks
    assert list(var.glob("secrets*")) == []  # looking something up leaves no secrets behind
    return [json.loads(line) for line in result.stdout_bytes.decode("utf-8").rstrip("\n").split("\n")]


def best(answer: dict[str, object]) -> str:
    return answer["services"][0]["id"]  # type: ignore[index]


def test_each_line_gets_one_answer_in_its_order(answers: list[dict[str, object]]) -> None:
    assert len(answers) == len(LINES)
    assert answers[0]["query"] == "Hund anmelden"
    assert best(answers[0]) == "hundesteuer_anmelden"
    assert set(answers[0]["services"][0]) == {"id", "nr", "leika", "name", "score"}  # type: ignore[index]
    assert (best(answers[3]), best(answers[9])) == ("ersatzfuehrerschein", "grundsicherungsgeld")


def test_scores_fall_and_lie_between_nothing_and_one(answers: list[dict[str, object]]) -> None:
    for answer in answers:
        scores = [service["score"] for service in answer["services"]]  # type: ignore[attr-defined]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)


def test_empty_lines_and_control_characters_find_nothing(answers: list[dict[str, object]]) -> None:
    assert [answers[i]["services"] for i in (1, 2, 5)] == [[], [], []]


def test_broken_bytes_huge_lines_and_signs_are_survived(answers: list[dict[str, object]]) -> None:
    assert "\ufffd" in str(answers[4]["query"])
    assert best(answers[4]) == "wohngeld"
    assert best(answers[6]) == "personalausweis"
    assert best(answers[7]) == "personalausweis"
    assert best(answers[8]) == "hundesteuer_abmelden"


def test_on_a_terminal_a_bar_shows_how_far_the_index_is(tmp_path: Path) -> None:
    reader, terminal = pty.openpty()
    with open(reader, "rb", buffering=0) as shown:
        found = subprocess.run(
            [sys.executable, "-c", "from amtslotse.cli import app; app()", "search"],
            input=b"Hund anmelden\n",
            stdout=subprocess.PIPE,
            stderr=terminal,
            env=os.environ | {"AMTSLOTSE_VAR": str(tmp_path), "TERM": "xterm"},
            check=True,
        )
        os.write(terminal, b"Ende\n")
        errors = b""
        while not errors.rstrip().endswith(b"Ende"):
            errors += shown.read(65_536)
        os.close(terminal)
    assert b"Leistungen werden gelesen" in errors
    assert best(json.loads(found.stdout)) == "hundesteuer_anmelden"
