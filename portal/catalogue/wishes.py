"""How citizens wish for services: the labelled sentences of data/nlu, which the search learns from as well."""

from collections.abc import Iterator
from pathlib import Path

import yaml

FOLDER = Path(__file__).parents[2] / "data" / "nlu"


def labelled_wishes(folder: Path = FOLDER) -> Iterator[tuple[str, str]]:
    """Sentences and the id of the service that their section names; none where the folder is missing."""
    for path in sorted(folder.rglob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for block in content.get("nlu", []):
            if service := (block.get("metadata") or {}).get("service"):
                for line in str(block.get("examples", "")).splitlines():
                    if text := line.strip().removeprefix("-").strip():
                        yield text, str(service)
