"""Understanding alone: both models loaded in this one process, text by text in turns. Prints pairs of ms as JSON.

Run as `python -m tests.bench.turn.parsing OUR_MODEL STOCK_MODEL MESSAGES`.
"""

import itertools
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.parse import Parser

PARSED = 200
WARM_UP = 10
MOMENT = datetime(2026, 11, 24, 10, tzinfo=UTC)


def main(our_model: Path, stock_model: Path, messages: Path) -> None:
    """Parse and print."""
    parsers = (Parser(our_model), Parser(stock_model))
    texts = messages.read_text(encoding="utf-8").splitlines()
    pairs = []
    for text in itertools.islice(itertools.cycle(texts), WARM_UP + PARSED):
        times = []
        for parser in parsers:
            begin = time.perf_counter()
            parser.understand(text, MOMENT)
            times.append((time.perf_counter() - begin) * 1000)
        pairs.append(times)
    json.dump(pairs[WARM_UP:], sys.stdout)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
