"""The catalogue as the assistant learns it: read at training from the portal's export, kept in the model."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.training_data.message import Message

from language.search import Document


class CatalogueMissingError(RasaException):
    """The exported catalogue is not there. Whoever trains runs `amtslotse train`, which writes it first."""


class ServiceEntry(TypedDict):
    """One service of the export."""

    id: str
    nr: int | None
    leika: str | None
    name: str
    kurz: str
    synonyme: list[str]
    stelle: str | None
    rechtsgrundlage: list[str]


class LifeSituationEntry(TypedDict):
    """One life situation of the export."""

    id: str
    name: str
    synonyme: list[str]


class TraitEntry(TypedDict):
    """One trait ("has a dog") of the export."""

    id: str
    label: str
    words: list[str]


class Catalogue(TypedDict):
    """The whole export, `var/catalogue.json`."""

    services: list[ServiceEntry]
    life_situations: list[LifeSituationEntry]
    traits: list[TraitEntry]


def read(path: str) -> Catalogue:
    """Read the exported catalogue.

    Raises
    ------
    CatalogueMissingError
        There is no such file.
    """
    try:
        content: Catalogue = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CatalogueMissingError(
            f"The catalogue {path} is missing. Run `amtslotse train`: it exports the catalogue, then trains."
        ) from error
    return content


def label(message: Message, name: str) -> str | None:
    """What the example's section in data/nlu says under `metadata` (`life_situation` or `service`), or None."""
    metadata = (message.get("metadata") or {}).get("intent") or {}
    return metadata.get(name) if isinstance(metadata, dict) else None


def documents(catalogue: Catalogue, sentences: Mapping[str, Sequence[str]]) -> list[Document]:
    """The services as documents of the search index.

    Parameters
    ----------
    sentences
        How citizens wish for each service: id to sentences of data/nlu.
    """
    return [
        Document(
            service["id"],
            (service["name"], *service["synonyme"], *sentences.get(service["id"], ())),
            (service["kurz"],),
        )
        for service in catalogue["services"]
    ]
