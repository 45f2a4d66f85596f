"""What a component learns from besides the examples, so that Rasa's cache never gives back what older code made."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from language import encoder

_CODE = (Path(__file__).parent, Path(encoder.__file__).parent)
"""Rasa itself looks only at the file of the component, not at what it imports."""


def of(config: Mapping[str, Any]) -> str | None:
    """Hash of the exported catalogue, the code and the shipped encoder; None where the catalogue is missing.

    Rasa asks again for components whose result it takes from its cache; their configuration then names no catalogue.
    """
    if "catalogue" not in config or not Path(config["catalogue"]).is_file():
        return None
    code = (file for folder in _CODE for file in sorted(folder.glob("*.py")))
    digest = hashlib.sha256()
    for file in (Path(config["catalogue"]), *code, *sorted(encoder.SHIPPED.glob("*.sha256"))):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
