"""`make bench-turn`: a turn of our stack against stock Rasa's, both running side by side.

Options: `--train NLU_FILE…` (default nlu.yml here) and `--test FILE` (one message a line, or a Rasa NLU file).
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from rasa.shared.nlu.training_data.loading import load_data
from rich.console import Console

from tests.bench.turn import measures, parsing, projects, report
from tests.bench.turn.measures import LONG_FROM, LONG_TO, Pairs
from tests.bench.turn.report import Line, median, p95, ratio
from tests.bench.turn.sides import Amtslotse, Side, Stock

HERE = Path(__file__).parent
STARTS = 3


def main() -> None:
    """Measure everything, print the table, write docs/benchmarks/turn.*."""
    options = argparse.ArgumentParser(prog="make bench-turn")
    options.add_argument("--train", type=Path, nargs="+", default=[HERE / "nlu.yml"])
    options.add_argument("--test", type=Path, default=HERE / "messages.txt")
    options.add_argument("--out", type=Path, default=projects.ROOT / "docs" / "benchmarks")
    chosen = options.parse_args()
    console = Console()
    ours, stock = (project.train(console) for project in projects.both(chosen.train))
    texts = messages_of(chosen.test)
    with tempfile.TemporaryDirectory() as folder:
        lines, turns = asyncio.run(everything(ours, stock, texts, Path(folder), console))
        lines.insert(-2, parse_line(ours, stock, texts, Path(folder)))
    about = {"machine": f"{platform.machine()}, {os.cpu_count()} cores", "messages": len(texts)}
    report.write(chosen.out, lines, about, turns)
    console.print(report.table(lines))


def messages_of(path: Path) -> list[str]:
    """The messages to send."""
    if path.suffix in {".yml", ".yaml"}:
        return [str(message.get("text")) for message in load_data(str(path)).intent_examples]
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


async def everything(
    our_model: Path, stock_model: Path, texts: list[str], folder: Path, console: Console
) -> tuple[list[Line], list[Pairs]]:
    """Start both sides in turns, then measure on the last ones started; give the table's lines and the turns."""
    starts: Pairs = []
    sides: list[Side] = []
    for number in range(STARTS):
        for side in sides:
            await side.stop()
        sides = [Amtslotse(our_model, folder / f"a{number}"), Stock(stock_model, folder / f"s{number}")]
        with console.status(f"Start {number + 1} von {STARTS} …"):
            starts.append((await sides[0].start(), await sides[1].start()))
    ours, stock = sides
    try:
        with console.status("Züge …"):
            for text in texts:
                await measures.timed(ours, await ours.open(), text)
                await measures.timed(stock, await stock.open(), text)
            fresh = await measures.fresh(ours, stock, texts)
            turns = await measures.long(ours, stock, texts)
            rates = await measures.throughput(ours, stock, texts)
            bursts = await measures.bursts(ours, stock)
            late = await measures.late(ours, texts)
        memory = (ours.memory_mb(), stock.memory_mb())
    finally:
        for side in sides:
            await side.stop()
    long = [pair for pairs in turns[LONG_FROM - 1 : LONG_TO] for pair in pairs]
    last_s = [(mine.last_s, theirs.last_s) for mine, theirs in bursts]
    slowest = max(mine for mine, _ in last_s)
    ordered = statistics.mean(mine.in_order for mine, _ in bursts)
    return [
        ratio("erster Zug, p50", "ms", fresh, median, 0.35),
        ratio("erster Zug, p95", "ms", fresh, p95, 0.35),
        ratio(f"Züge {LONG_FROM} bis {LONG_TO}", "ms", long, median, 0.2),
        ratio(
            f"Zug {measures.LATE_TURN} / Zug {measures.EARLY_TURN}, beide Amtslotse", "ms", late, median, 1.2
        ),
        ratio(
            f"Nachrichten je Sekunde, {measures.CLIENTS} zugleich", "/s", rates, median, 3.0, at_least=True
        ),
        Line("fünf auf einmal: letzte Antwort", "s", slowest, median_of(last_s, 1), slowest, 0.5),
        Line(
            "fünf auf einmal: in Reihenfolge", "", ordered, in_order(bursts, 1), ordered, 1.0, at_least=True
        ),
        ratio("Start bis zur ersten Antwort", "s", starts, median, 0.4),
        Line("Arbeitsspeicher", "MB", *memory, memory[0] / memory[1], 0.65),
    ], turns


def median_of(pairs: Pairs, side: int) -> float:
    """Median of one side."""
    return statistics.median(pair[side] for pair in pairs)


def in_order(bursts: list[tuple[measures.Outcome, measures.Outcome]], side: int) -> float:
    """Share of one side's bursts that were answered in order."""
    return statistics.mean(pair[side].in_order for pair in bursts)


def parse_line(ours: Path, stock: Path, texts: list[str], folder: Path) -> Line:
    """Understanding alone, in a process of its own."""
    (folder / "messages.txt").write_text("\n".join(texts), encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-m", parsing.__name__, str(ours), str(stock)]
    environment = os.environ | projects.QUIET
    done = subprocess.run(
        [*command, str(folder / "messages.txt")],
        env=environment,
        cwd=projects.ROOT,
        capture_output=True,
        check=True,
    )
    pairs: Pairs = [(mine, theirs) for mine, theirs in json.loads(done.stdout)]
    mine = median_of(pairs, 0)
    return Line("Verstehen, p50", "ms", mine, median_of(pairs, 1), mine, 5.0)


if __name__ == "__main__":
    main()
