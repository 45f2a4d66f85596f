"""Rasa's cache gives back a trained component only where catalogue, code and encoder are the same."""

import shutil
from pathlib import Path

import pytest

from bot.nlu import fingerprint


@pytest.fixture
def installed(tmp_path, monkeypatch):
    code = tmp_path / "nlu"
    shutil.copytree(Path(fingerprint.__file__).parent, code, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(fingerprint, "_CODE", (code,))
    catalogue = tmp_path / "catalogue.json"
    catalogue.write_text("{}")
    return code, {"catalogue": str(catalogue)}


def test_it_stays_while_nothing_changes(installed):
    _, config = installed
    assert fingerprint.of(config) == fingerprint.of(config) is not None


def test_another_catalogue_another_fingerprint(installed):
    _, config = installed
    before = fingerprint.of(config)
    Path(config["catalogue"]).write_text('{"services": []}')
    assert fingerprint.of(config) != before


def test_code_that_a_component_imports_changes_it(installed):
    code, config = installed
    before = fingerprint.of(config)
    with (code / "understanding.py").open("a") as file:
        file.write("\n_MORE = 1\n")
    assert fingerprint.of(config) != before


@pytest.mark.parametrize("config", [{}, {"catalogue": "gibt/es/nicht.json"}])
def test_without_a_catalogue_there_is_none(config):
    assert fingerprint.of(config) is None
