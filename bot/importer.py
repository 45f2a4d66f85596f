"""How training reads data/nlu: by libyaml and once, where Rasa reads every file some ten times in plain Python.

Rasa also checks each file against its schema; `rasa data validate` and `tests/unit/bot/test_bot_importer.py` do that here.
"""

from functools import lru_cache
from pathlib import Path

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.training_data import TrainingData


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
        reader.training_examples,
        reader.entity_synonyms,
        reader.regex_features,
        reader.lookup_tables,
        reader.responses,
    )
