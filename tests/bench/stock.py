"""Stock Rasa for comparison: the pipeline that `rasa init` gives, set to German, trained once and kept in var/bench."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tests.bench.nlu_data import ROOT, digest

CONFIG = """\
recipe: default.v1
language: de
assistant_id: stock
pipeline:
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 1
  max_ngram: 4
- name: DIETClassifier
  epochs: 100
  constrain_similarities: true
- name: EntitySynonymMapper
- name: ResponseSelector
  epochs: 100
  constrain_similarities: true
- name: FallbackClassifier
  threshold: 0.3
  ambiguity_threshold: 0.1
"""
"""The default of Rasa 3.6.21's `rasa init`; its policies (TED, UnexpecTED) take no part in understanding."""

_USUAL_S = 1200.0


@dataclass(frozen=True)
class Trained:
    """A trained model and how long its training took in seconds (None: unknown)."""

    path: Path
    seconds: float | None


def train(name: str, config: str, data: str, cache: Path) -> Trained:
    """Train a Rasa NLU model from the text of its files; a model of the same texts is taken from `cache`.

    Raises
    ------
    RuntimeError
        When Rasa fails; the message names its log.
    """
    key = digest(config, data)
    path, took = cache / f"{name}-{key}.tar.gz", cache / f"{name}-{key}.seconds"
    if path.exists():
        return Trained(path, float(took.read_text()) if took.exists() else None)
    cache.mkdir(parents=True, exist_ok=True)
    log = cache / f"{name}.log"
    environment = os.environ | {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONPATH": str(ROOT),
    }
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "config.yml").write_text(config, encoding="utf-8")
        (place / "nlu.yml").write_text(data, encoding="utf-8")
        command = [sys.executable, "-m", "rasa", "train", "nlu", "--nlu", "nlu.yml", "--config", "config.yml"]
        command += ["--out", str(cache), "--fixed-model-name", f"{name}-{key}"]
        begin = time.monotonic()
        with log.open("w") as output, _bar() as progress:
            task = progress.add_task(f"{name} lernt", total=_USUAL_S)
            process = subprocess.Popen(
                command, cwd=place, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
            while process.poll() is None:
                time.sleep(0.5)
                progress.update(task, completed=min(time.monotonic() - begin, _USUAL_S * 0.98))
            progress.update(task, completed=_USUAL_S)
    if process.returncode != 0 or not path.exists():
        raise RuntimeError(f"Training of {name} failed; see {log}")
    took.write_text(f"{time.monotonic() - begin:.1f}")
    return Trained(path, time.monotonic() - begin)


def _bar() -> Progress:
    return Progress(SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
