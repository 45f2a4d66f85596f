"""Understanding alone, without the rest of the engine: one text in, one JSON line out (`amtslotse parse`)."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.engine import loader
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from threadpoolctl import threadpool_limits

from bot.channel import LEADING_SLASHES, LONGEST_TEXT
from bot.graph_runner import SequentialGraphRunner
from bot.quiet import configure_logging
from bot.serving_only import without_warnings

_NO_INTENT = {"name": None, "confidence": 0.0}


class Parser:
    """A trained model's understanding, loaded once.

    Parameters
    ----------
    model
        The model archive that `rasa train` wrote.
    """

    def __init__(self, model: Path) -> None:
        configure_logging()
        threadpool_limits(1)  # vectors of a sentence are too small to be shared among threads
        with tempfile.TemporaryDirectory() as folder, without_warnings():
            self._metadata, self._runner = loader.load_predict_graph_runner(
                Path(folder), model, LocalModelStorage, SequentialGraphRunner
            )
        self._tracker = DialogueStateTracker.from_events("parse", [])

    def understand(self, text: str, now: datetime) -> dict[str, Any]:
        """Everything that the components found, as the actions see it in `tracker.latest_message`.

        Parameters
        ----------
        now
            The moment as of which "gestern" is meant.
        """
        message = UserMessage(text[:LONGEST_TEXT], sender_id="parse", metadata={"now": now.isoformat()})
        target = self._metadata.nlu_target
        results = self._runner.run(
            inputs={PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: self._tracker}, targets=[target]
        )
        parsed: dict[str, Any] = results[target][0].as_dict(only_output_properties=True)
        return parsed

    def parse(self, text: str, now: datetime) -> dict[str, Any]:
        """One utterance in the shape that `amtslotse parse` prints.

        Parameters
        ----------
        text
            Any text; of a longer one the first `LONGEST_TEXT` characters are understood.

        Returns
        -------
        dict
            ``{"text", "intent": {"name", "confidence"}, "life_situation": {"id"} | None,
            "services": [{"id", "nr", "leika", "name", "score"}], "entities": [{"type", "value", "start", "end"}],
            "out_of_scope": bool}``; `start` and `end` count code points of `text`, dates are ISO 8601, sums integer cents.
        """
        written = LEADING_SLASHES.sub(lambda slashes: " " * len(slashes[0]), text)  # a line presses no button
        found = self.understand(written, now)
        entities = without_parts_of_addresses(found.get("entities") or [])
        situation = next((e["value"] for e in entities if e["entity"] == "life_situation"), None)
        intent = found.get("intent") or _NO_INTENT
        return {
            "text": text,
            "intent": {"name": intent["name"], "confidence": intent["confidence"]},
            "life_situation": {"id": situation} if situation else None,
            "services": found.get("services") or [],
            "entities": [
                {"type": e["entity"], "value": e["value"], "start": e["start"], "end": e["end"]}
                for e in entities
            ],
            "out_of_scope": bool(found.get("out_of_scope")),
        }


def without_parts_of_addresses(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """PLZ and town inside an address belong to it; the actions see them nevertheless."""
    addresses = [e for e in entities if e["entity"] == "address"]
    return [
        e
        for e in entities
        if e["entity"] not in ("plz", "town")
        or not any(a["start"] <= e["start"] and e["end"] <= a["end"] for a in addresses)
    ]


def lines_of(stream: Iterable[bytes]) -> Iterator[str]:
    """Lines of any bytes: what is no UTF-8 is replaced, only a line feed ends a line."""
    for line in stream:
        yield line.decode("utf-8", errors="replace")


def parse_lines(model: Path, lines: Iterable[str], now: datetime) -> Iterator[str]:
    """One JSON line for each line of text, in order.

    Parameters
    ----------
    model
        The model archive that `rasa train` wrote.
    now
        The moment as of which relative dates are meant.
    """
    parser = Parser(model)
    for line in lines:
        yield json.dumps(parser.parse(line.rstrip("\r\n"), now), ensure_ascii=False)
