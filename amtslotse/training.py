"""Training the assistant when, and only when, what it learns from has changed."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from amtslotse.installation import Installation
from portal import catalogue
from portal.settings import catalogue_roots

TRAINED_FROM = (
    "config.yml",
    "domain.yml",
    "data",
    "bot/nlu",
    "language",
    "models/encoder",
    "requirements.lock",
)
MANIFEST = Path("models") / "manifest.json"
EXPECTED_TRAINING_S = 60.0
"""What the progress bar assumes before the first training on this machine was timed."""


class TrainingError(Exception):
    """Rasa could not train. The log named in the message says why; the model in use stays as it was."""


@dataclass(frozen=True)
class Model:
    """A trained model: its file, and the hash that the file must have when it is loaded."""

    path: Path
    sha256: str

    def verify(self) -> None:
        """Raise TrainingError when the file is not the one that was trained here."""
        if sha256_of_files([self.path]) != self.sha256:
            raise TrainingError(
                f"{self.path.name} ist nicht die Datei, die hier trainiert wurde. Bitte neu: amtslotse train --neu"
            )


def ensure_model(installation: Installation, *, force: bool = False) -> Model:
    """Give the model for the present data; train it when there is none yet.

    Raises
    ------
    TrainingError
        When Rasa fails; its output is in `var/log/training.log`.
    """
    write_catalogue(installation)
    sources = _sources(installation)
    manifest = _manifest(installation)
    if not force and manifest.get("sources") == sources:
        model = Model(installation.root / "models" / manifest["file"], manifest["sha256"])
        if model.path.exists():
            model.verify()
            return model
    path = _model_file(installation, sources)
    seconds = train(installation, path, expected_s=expected_s(installation))
    return release(installation, path, seconds)


def release(installation: Installation, trained: Path, seconds: float) -> Model:
    """Make a file that was trained on the present data the model of this installation; older ones go.

    The assistant takes it at its next start.
    """
    sources = _sources(installation)
    path = _model_file(installation, sources)
    if trained != path:
        shutil.move(trained, path)
    model = Model(path, sha256_of_files([path]))
    (installation.root / MANIFEST).write_text(
        json.dumps(
            {"file": path.name, "sha256": model.sha256, "sources": sources, "seconds": round(seconds, 1)},
            indent=1,
        )
    )
    for old in path.parent.glob("amtslotse-*.tar.gz"):
        if old != path:
            old.unlink()
    return model


def expected_s(installation: Installation) -> float:
    """Give the seconds that the last training on this machine took."""
    return float(_manifest(installation).get("seconds", EXPECTED_TRAINING_S))


def _manifest(installation: Installation) -> dict[str, Any]:
    path = installation.root / MANIFEST
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _sources(installation: Installation) -> str:
    return sha256_of_files([*source_files(installation.root), installation.catalogue_file])


def _model_file(installation: Installation, sources: str) -> Path:
    return installation.root / "models" / f"amtslotse-{sources[:12]}.tar.gz"


def installed_catalogue(installation: Installation) -> catalogue.Katalog:
    """The catalogue of the town that this installation serves, as its files are now."""
    bestand = catalogue.Katalogbestand(
        catalogue_roots(os.environ, installation.var),
        kommune=os.environ.get("AMTSLOTSE_COMMUNE", "05513000"),
        demo=installation.demo,
        kopien=installation.var / "katalog",
    )
    return bestand.katalog


def write_catalogue(installation: Installation) -> None:
    """Export what the assistant needs to know of the catalogue to `var/catalogue.json`."""
    text = json.dumps(
        catalogue.export_for_search(installed_catalogue(installation)),
        ensure_ascii=False,
        indent=1,
        sort_keys=True,
    )
    installation.catalogue_file.parent.mkdir(parents=True, exist_ok=True)
    if not installation.catalogue_file.exists() or installation.catalogue_file.read_text() != text:
        installation.catalogue_file.write_text(text)


def source_files(root: Path) -> list[Path]:
    """All files that the model depends on, sorted."""
    files: list[Path] = []
    for name in TRAINED_FROM:
        path = root / name
        files += (
            [path]
            if path.is_file()
            else [file for file in path.rglob("*") if file.suffix in {".py", ".yml", ".txt", ".npz", ".json"}]
        )
    return sorted(files)


def sha256_of_files(files: list[Path]) -> str:
    """Hash of the files' names and contents, in the given order (of one file: of its content alone)."""
    if len(files) == 1:
        return hashlib.sha256(files[0].read_bytes()).hexdigest()
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def train(installation: Installation, path: Path, *, expected_s: float) -> float:
    """Run `rasa train` with a progress bar; give the seconds that it took."""
    log_path = installation.var / "log" / "training.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "rasa",
        "train",
        "--fixed-model-name",
        path.stem.removesuffix(".tar"),
        "--out",
        "models",
    ]
    environment = os.environ | {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    environment |= installation.environment_of("engine", os.environ, 0.0)
    begin = time.monotonic()
    with (
        log_path.open("w") as log,
        Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
        ) as progress,
    ):
        task = progress.add_task("Der Assistent lernt", total=expected_s)
        process = subprocess.Popen(
            command, cwd=installation.root, stdout=log, stderr=subprocess.STDOUT, env=environment
        )
        while True:
            try:
                code = process.wait(timeout=0.5)
                break
            except subprocess.TimeoutExpired:
                progress.update(task, completed=min(time.monotonic() - begin, expected_s * 0.98))
            except KeyboardInterrupt:
                process.terminate()
                process.wait()
                raise
        if code == 0:
            progress.update(task, completed=expected_s)
    if code != 0 or not path.exists():
        raise TrainingError(f"Das Training ist gescheitert; der Grund steht in {log_path}.")
    return time.monotonic() - begin
