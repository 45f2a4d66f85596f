"""`amtslotse improve` on a database of its own: a proposal, a trial, and a release only of what is not worse."""

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet, MultiFernet
from typer.testing import CliRunner

from amtslotse import beispiele
from amtslotse.cli import app
from amtslotse.installation import Installation
from amtslotse.judgement import AS_OF, HELD_OUT, Case, held_out, wrong
from amtslotse.training import Model, TrainingError
from handoff.database import Database
from handoff.schema.base import KEYRING
from handoff.schema.lead import ExampleRow
from handoff.schema.upgrade import upgrade
from handoff.settings import HandoffSettings

NLU = 'version: "3.1"\nnlu:\n- intent: leistung/wohngeld\n  examples: |\n    - Ich brauche [Wohngeld](leistung)\n- intent: mensch\n  examples: |\n    - Mensch bitte\n'
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("AMTSLOTSE_VAR", str(tmp_path / "var"))
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "data" / "nlu" / "mensch.yml").write_text(NLU, "utf-8")
    made = Installation(root=tmp_path, var=tmp_path / "var")
    made.var.mkdir()
    monkeypatch.setattr(Installation, "from_environment", classmethod(lambda _cls, _environment: made))
    return made


def keep(installation: Installation, *examples: tuple[str, str, str]) -> None:
    async def write() -> None:
        settings = HandoffSettings.from_environment(installation.environment_of("web", os.environ, 0.0))
        KEYRING.load(MultiFernet([Fernet(key) for key in settings.keys]))
        database = Database(settings.database)
        await upgrade(database.engine)
        async with database.write() as session:
            for number, (status, intent, text) in enumerate(examples):
                session.add(
                    ExampleRow(
                        id=str(number),
                        hour=NOW,
                        verdict="gut",
                        body={"text": text},
                        status=status,
                        intent=intent,
                    )
                )
        await database.close()

    asyncio.run(write())


def test_accepted_examples_become_a_proposal_and_the_training_data_stays(installation: Installation) -> None:
    keep(
        installation,
        ("angenommen", "leistung/wohngeld", "Ich heiße [Name], gibt es Zuschuss zur Miete?"),
        ("angenommen", "mensch", "Ich will jemanden sprechen"),
        ("offen", "mensch", "noch nicht geprüft"),
        ("verworfen", "mensch", ""),
    )
    answer = CliRunner().invoke(app, ["improve", "--nur-vorschlag"])
    assert answer.exit_code == 0, answer.output
    proposal = (installation.var / "gelernt.yml").read_text("utf-8")
    assert beispiele.read(proposal) == {
        "leistung/wohngeld": ["Ich heiße Erika Mustermann, gibt es Zuschuss zur Miete?"],
        "mensch": ["Ich will jemanden sprechen"],
    }
    assert yaml.safe_load(proposal)["version"] == "3.1"
    assert "+    - Ich will jemanden sprechen" in answer.output
    assert "2 neue Beispiele" in answer.output
    assert [file.name for file in (installation.root / "data" / "nlu").iterdir()] == ["mensch.yml"]


def test_a_second_run_adds_to_what_was_taken_over_and_says_when_nothing_is_new(
    installation: Installation,
) -> None:
    keep(installation, ("angenommen", "mensch", "Ich will jemanden sprechen"))
    target = installation.root / beispiele.FILE
    target.write_text(beispiele.merged({}, [("mensch", "Jemand da?")]), "utf-8")
    assert CliRunner().invoke(app, ["improve", "--nur-vorschlag"]).exit_code == 0
    proposal = installation.var / "gelernt.yml"
    assert beispiele.read(proposal.read_text("utf-8")) == {
        "mensch": ["Ich will jemanden sprechen", "Jemand da?"]
    }
    target.write_text(proposal.read_text("utf-8"), "utf-8")
    assert "Nichts Neues" in CliRunner().invoke(app, ["improve", "--nur-vorschlag"]).output


def test_what_is_known_already_is_not_proposed_again(installation: Installation) -> None:
    keep(installation, ("angenommen", "leistung/wohngeld", "ich brauche wohngeld"))
    assert "Nichts Neues" in CliRunner().invoke(app, ["improve", "--nur-vorschlag"]).output
    assert not (installation.var / "gelernt.yml").exists()


def test_an_intent_that_is_gone_is_left_out_and_named(installation: Installation) -> None:
    keep(installation, ("angenommen", "frueher", "alt"), ("angenommen", "mensch", "neu"))
    answer = CliRunner().invoke(app, ["improve", "--nur-vorschlag"])
    assert answer.exit_code == 0
    assert "frueher" in answer.output
    assert beispiele.read((installation.var / "gelernt.yml").read_text("utf-8")) == {"mensch": ["neu"]}


def test_a_broken_file_of_examples_is_told_and_not_overwritten(installation: Installation) -> None:
    keep(installation, ("angenommen", "mensch", "neu"))
    (installation.root / beispiele.FILE).write_text("nlu: [1, 2", "utf-8")
    assert CliRunner().invoke(app, ["improve", "--nur-vorschlag"]).exit_code == 2
    assert (installation.root / beispiele.FILE).read_text("utf-8") == "nlu: [1, 2"
    assert not (installation.var / "gelernt.yml").exists()


def test_no_example_can_mark_an_entity_or_break_the_file() -> None:
    assert (
        beispiele.as_training("Hallo [Anschrift](ort) {x}\n- intent: y")
        == "Hallo Musterstraße 1(ort) x - intent: y"
    )
    for broken in ("nlu: 1", "nlu:\n- 1", "nlu:\n- intent: a", ":"):
        with pytest.raises(ValueError, match="keine Datei"):
            beispiele.read(broken)


def test_the_real_training_data_is_read() -> None:
    root = Path(__file__).parents[3]
    found = beispiele.intents(root)
    assert {"begruessung", "out_of_scope"} & set(found) or len(found) > 20
    assert len(beispiele.known(root)) > 5_000


class Understands:
    """A model that understands the sentences of a table and takes all others for a greeting."""

    def __init__(self, known: dict[str, tuple[str, int | None]]) -> None:
        self.known = known

    def parse(self, text: str, now: datetime) -> dict[str, Any]:
        assert now == AS_OF
        intent, nr = self.known.get(text, ("greet", None))
        return {"intent": {"name": intent}, "services": [{"nr": nr}] if nr else []}


def test_a_case_is_right_with_its_intent_and_its_first_service() -> None:
    model = Understands({"a": ("service", 7), "b": ("service", 8), "c": ("service", None), "d": ("human", 7)})
    cases = [Case(text, "service", 7) for text in "abcd"]
    assert wrong(model, cases) == 3
    assert wrong(model, [Case("b", "service"), Case("d", "human"), Case("x", "greet")]) == 0


def test_the_held_out_set_is_read_and_its_absence_told(tmp_path: Path) -> None:
    assert len(held_out(Path(__file__).parents[3])) > 1_000
    with pytest.raises(FileNotFoundError):
        held_out(tmp_path)


@pytest.fixture
def trial(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> dict[str, Understands]:
    """Two models by name of their file: the one in use understands one sentence; training writes the other."""
    root = installation.root
    (root / HELD_OUT).mkdir(parents=True)
    row = {"text": "Wo ist mein Antrag?", "intent": "status", "services_nr": []}
    (root / HELD_OUT / "status.jsonl").write_text(json.dumps(row), "utf-8")
    for name in ("config.yml", "domain.yml"):
        (root / name).write_text("", "utf-8")
    installation.catalogue_file.parent.mkdir(exist_ok=True)
    installation.catalogue_file.write_text("{}", "utf-8")
    (root / "models").mkdir()
    (root / "models" / "amtslotse-alt.tar.gz").write_bytes(b"alt")
    models = {"amtslotse-alt.tar.gz": Understands({"Wo ist mein Antrag?": ("status", None)})}

    def train(candidate: Installation, path: Path, *, expected_s: float) -> float:
        assert beispiele.FILE.name in {file.name for file in (candidate.root / "data" / "nlu").iterdir()}
        path.write_bytes(b"neu")
        return expected_s

    monkeypatch.setattr("amtslotse.improve.train", train)
    monkeypatch.setattr(
        "amtslotse.improve.ensure_model",
        lambda one: Model(one.root / "models" / "amtslotse-alt.tar.gz", "egal"),
    )
    monkeypatch.setattr("bot.parse.Parser", lambda path: models[path.name])
    return models


NEW = "amtslotse-auf-probe.tar.gz"


def test_what_is_not_worse_is_released(installation: Installation, trial: dict[str, Understands]) -> None:
    keep(installation, ("angenommen", "mensch", "Ich will jemanden sprechen"))
    trial[NEW] = Understands(
        {"Wo ist mein Antrag?": ("status", None), "Ich will jemanden sprechen": ("mensch", None)}
    )
    answer = CliRunner().invoke(app, ["improve"])
    assert answer.exit_code == 0, answer.output
    assert "Freigegeben" in answer.output
    (released,) = (installation.root / "models").glob("*.tar.gz")
    assert released.read_bytes() == b"neu"
    manifest = json.loads((installation.root / "models" / "manifest.json").read_text())
    assert manifest["file"] == released.name
    assert beispiele.read((installation.root / beispiele.FILE).read_text("utf-8")) == {
        "mensch": ["Ich will jemanden sprechen"]
    }


@pytest.mark.parametrize(
    "worse",
    [{"Ich will jemanden sprechen": ("mensch", None)}, {}],
    ids=["on the held-out set", "on both"],
)
def test_what_is_worse_changes_nothing(
    installation: Installation, trial: dict[str, Understands], worse: dict[str, tuple[str, int | None]]
) -> None:
    keep(installation, ("angenommen", "mensch", "Ich will jemanden sprechen"))
    trial[NEW] = Understands(worse)
    answer = CliRunner().invoke(app, ["improve"])
    assert answer.exit_code == 1, answer.output
    assert "Nicht freigegeben" in answer.output
    assert [file.name for file in (installation.root / "models").glob("*")] == ["amtslotse-alt.tar.gz"]
    assert not (installation.root / beispiele.FILE).exists()
    assert (installation.var / "gelernt.yml").exists()


def test_a_training_that_fails_changes_nothing(
    installation: Installation, trial: dict[str, Understands], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> float:
        raise TrainingError("Das Training ist gescheitert")

    monkeypatch.setattr("amtslotse.improve.train", fails)
    keep(installation, ("angenommen", "mensch", "Ich will jemanden sprechen"))
    answer = CliRunner().invoke(app, ["improve"])
    assert answer.exit_code == 2
    assert [file.name for file in (installation.root / "models").glob("*")] == ["amtslotse-alt.tar.gz"]
    assert not (installation.root / beispiele.FILE).exists()


def test_without_a_held_out_set_nothing_is_trained(installation: Installation) -> None:
    keep(installation, ("angenommen", "mensch", "Ich will jemanden sprechen"))
    assert CliRunner().invoke(app, ["improve"]).exit_code == 2
    assert not (installation.var / "verbesserung").exists()
