"""Training data read by libyaml are those that Rasa reads, and they keep Rasa's schema."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message

from bot.importer import Example, FileImporter, read

DATA = Path(__file__).parents[3] / "data" / "nlu"
FILES = sorted(DATA.rglob("*.yml"))


@pytest.mark.parametrize(
    "file",
    [DATA / "begruessung.yml", DATA / "leistungen" / "kurz.yml", *sorted((DATA / "lookups").iterdir())[:1]],
)
def test_both_read_the_same(file):
    ours, rasas = read([file]), load_data(str(file))
    assert [example.as_dict() for example in ours.training_examples] == [
        example.as_dict() for example in rasas.training_examples
    ]
    assert ours.lookup_tables == rasas.lookup_tables


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_keeps_the_shape_of_rasas_schema(file):
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert set(content) == {"version", "nlu"}
    blocks = [{**block, "examples": "- eins\n"} for block in content["nlu"]]
    RasaYAMLReader().validate(
        yaml.safe_dump({"version": content["version"], "nlu": blocks}, allow_unicode=True)
    )
    for block in content["nlu"]:
        assert all(line.startswith("- ") for line in block["examples"].splitlines() if line.strip())


def test_a_changed_file_is_read_again(tmp_path):
    file = tmp_path / "nlu.yml"
    text = 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hallo\n'
    file.write_text(text, encoding="utf-8")
    importer = FileImporter(training_data_paths=[str(file)])
    assert len(importer.get_nlu_data().training_examples) == 1
    file.write_text(text + "    - moin\n", encoding="utf-8")
    assert len(importer.get_nlu_data().training_examples) == 2


def test_what_is_no_yaml_names_file_and_line(tmp_path):
    file = tmp_path / "nlu.yml"
    file.write_text("nlu:\n- [", encoding="utf-8")
    with pytest.raises(yaml.YAMLError, match=r"nlu\.yml.*line"):
        read([file])


def test_responses_of_several_files_come_together():
    responses = sorted((DATA.parent / "responses").glob("*.yml"))
    expected = {name: texts for file in responses for name, texts in load_data(str(file)).responses.items()}
    assert len(expected) > 1
    assert read(responses).responses == expected


def test_an_examples_fingerprint_is_rasas_and_changes_with_what_it_says():
    plain = Message.build(
        "Ich habe einen Hund", intent="life_situation", intent_metadata={"life_situation": "haustier"}
    )
    example = Example.of(plain)
    copied = deepcopy(example)
    assert example.fingerprint() == copied.fingerprint() == plain.fingerprint()
    copied.set("intent", "service")
    copied.data["metadata"]["intent"]["life_situation"] = "umzug"
    plain.set("intent", "service")
    assert example.get("metadata") == {"intent": {"life_situation": "haustier"}}
    assert example.fingerprint() != plain.fingerprint() != copied.fingerprint()


def test_the_same_word_again_leaves_the_fingerprint_and_a_changed_list_does_not():
    example = Example.of(Message.build("Am 3. Mai", intent="inform", entities=[{"entity": "date"}]))
    before = example.fingerprint()
    example.set("intent", "inform")
    assert example.fingerprint() == before
    found = example.get("entities")
    found.append({"entity": "time"})
    example.set("entities", found)
    assert example.fingerprint() != before
