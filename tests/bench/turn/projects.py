"""The same small assistant twice: with our components and with stock Rasa's. Trained once, kept in var/bench."""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

ROOT = Path(__file__).parents[3]
CACHE = ROOT / "var" / "bench"
OURS, STOCK = "amtslotse", "stock"
CATALOGUE = ROOT / "tests" / "support" / "catalogue.json"
JUDGED = ("emergency", "inform", "life_situation", "out_of_scope", "service")
"""Intents that our components may find without an example."""
STOCK_CONFIG = "recipe: default.v1\nlanguage: de\nassistant_id: stock\npipeline: null\npolicies: null\n"
"""What `rasa init` writes, set to German: Rasa fills in its default pipeline and policies."""
QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


@dataclass(frozen=True)
class Project:
    """The files of a Rasa project, by name."""

    name: str
    files: dict[str, str]

    def train(self, console: Console) -> Path:
        """Give the trained model; Rasa trains it when the files have changed.

        Raises
        ------
        RuntimeError
            Rasa failed; the message ends with what it said.
        """
        digest = hashlib.sha256(repr(sorted(self.files.items())).encode())
        if self.name == OURS:
            for source in sorted([*(ROOT / "bot" / "nlu").glob("*.py"), *(ROOT / "language").glob("*.py")]):
                digest.update(source.read_bytes())
        model = CACHE / f"turn-{self.name}-{digest.hexdigest()[:12]}.tar.gz"
        if model.exists():
            return model
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder, console.status(f"{self.name} lernt …"):
            for name, text in self.files.items():
                path = Path(folder) / name
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
            command = [sys.executable, "-m", "rasa", "train", "--out", str(CACHE), "--fixed-model-name"]
            done = subprocess.run(
                [*command, model.name.removesuffix(".tar.gz")],
                cwd=folder,
                env=os.environ | QUIET | {"PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
            )
        if done.returncode or not model.exists():
            raise RuntimeError(
                f"Training of {self.name} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
            )
        return model


def both(training: Sequence[Path]) -> tuple[Project, Project]:
    """Our and the stock project for the same NLU files: same intents, same rules and stories, same action."""
    files = {
        f"data/nlu_{number}.yml": path.read_text(encoding="utf-8") for number, path in enumerate(training)
    }
    found = {
        block["intent"].partition("/")[0]
        for text in files.values()
        for block in yaml.safe_load(text).get("nlu") or []
        if "intent" in block
    }
    intents = sorted(found | set(JUDGED))
    files["domain.yml"] = _yaml(
        {
            "version": "3.1",
            "intents": intents,
            "entities": ["date", "person", "service", "life_situation"],
            "actions": ["action_repeat"],
            "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
        }
    )
    # TED learns from stories only, RulePolicy from rules; every side has both.
    answered = {intent: [{"intent": intent}, {"action": "action_repeat"}] for intent in intents}
    rules = [{"rule": f"Antwort auf {intent}", "steps": steps} for intent, steps in answered.items()]
    stories = [
        {"story": f"{first}, dann {second}", "steps": answered[first] + answered[second]}
        for first, second in zip(sorted(found), sorted(found)[1:], strict=False)
    ]
    files["data/rules.yml"] = _yaml({"version": "3.1", "rules": rules, "stories": stories})
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        if "catalogue" in component:
            component["catalogue"] = str(CATALOGUE)
    return (
        Project(OURS, files | {"config.yml": _yaml(config)}),
        Project(STOCK, files | {"config.yml": STOCK_CONFIG}),
    )


def _yaml(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
