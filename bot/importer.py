"""How training reads data/nlu: by libyaml and once, where Rasa reads every file some ten times in plain Python.

Rasa copies all examples and takes their fingerprints some forty times before it learns anything; an `Example` keeps its own.
Rasa also checks each file against its schema; `rasa data validate` and `tests/unit/bot/test_bot_importer.py` do that here.
"""

from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


class Example(Message):
    """A message whose fingerprint stays known while nothing in it changes, and in its copies."""

    @classmethod
    def of(cls, message: Message) -> "Example":
        """The same example."""
        return cls(message.data, set(message.output_properties), message.time, list(message.features))

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """Set a property; the same word again changes nothing."""
        if add_to_output or not isinstance(info, str) or self.data.get(prop) != info:
            super().set(prop, info, add_to_output)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Example":
        """A copy that shares only what cannot change."""
        copied = Example.of(self)
        for name, value in self.data.items():
            if not isinstance(value, str):
                copied.data[name] = deepcopy(value, memo)
        copied.features = deepcopy(self.features, memo)
        copied._cached_fingerprint = self._cached_fingerprint
        return copied


class FileImporter(RasaFileImporter):
    """Rasa's importer of files, with data/nlu read once a process."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """All examples and lookups of the NLU files; who merges them copies them."""
        return _read(tuple((file, Path(file).stat().st_mtime_ns) for file in self._nlu_files))


@lru_cache(maxsize=1)
def _read(files: tuple[tuple[str, int], ...]) -> TrainingData:
    """The data of files; the times of their last change keep an old reading from being used."""
    return read([Path(file) for file, _ in files])


def read(files: list[Path]) -> TrainingData:
    """What the files hold under `nlu` and `responses`.

    Raises
    ------
    yaml.YAMLError
        A file is no YAML; names the file and the line.
    """
    reader = RasaYAMLReader()
    for file in files:
        reader.filename = str(file)
        with file.open("rb") as stream:
            content = yaml.load(stream, Loader=yaml.CSafeLoader)
        reader._parse_nlu(content.get("nlu"))
        reader.responses |= content.get("responses", {})
    return TrainingData(
        [Example.of(message) for message in reader.training_examples],
        reader.entity_synonyms,
        reader.regex_features,
        reader.lookup_tables,
        reader.responses,
    )
