"""From pairs to ratios with an interval; the table, the JSON and the plot."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from rich.table import Table

from tests.bench.turn.measures import LONG_FROM, Pairs

RESAMPLES = 10_000
SEED = 4
Statistic = Callable[[np.ndarray], np.ndarray]
"""From an array (…, n) to its value along the last axis."""


def median(values: np.ndarray) -> np.ndarray:
    """The middle one."""
    return np.median(values, axis=-1)


def p95(values: np.ndarray) -> np.ndarray:
    """What 95 of 100 do not exceed."""
    return np.percentile(values, 95, axis=-1)


@dataclass(frozen=True)
class Line:
    """One line of the table. `value` is what the target speaks of, a ratio where both sides stand.

    Parameters
    ----------
    low, high
        95 % interval of `value` (paired bootstrap); None where there is nothing to draw from.
    at_least
        Whether the target is a lower bound.
    """

    name: str
    unit: str
    ours: float
    theirs: float | None
    value: float
    target: float
    low: float | None = None
    high: float | None = None
    at_least: bool = False

    @property
    def reached(self) -> bool:
        """Whether the target is met by the point estimate."""
        return self.value >= self.target if self.at_least else self.value <= self.target


def ratio(
    name: str, unit: str, pairs: Pairs, statistic: Statistic, target: float, *, at_least: bool = False
) -> Line:
    """Ours by theirs, each side's statistic, with a paired bootstrap interval."""
    ours, theirs = np.array(pairs).T
    drawn = np.random.default_rng(SEED).integers(len(pairs), size=(RESAMPLES, len(pairs)))
    ratios = statistic(ours[drawn]) / statistic(theirs[drawn])
    low, high = np.percentile(ratios, [2.5, 97.5])
    mine, other = float(statistic(ours)), float(statistic(theirs))
    return Line(name, unit, mine, other, mine / other, target, float(low), float(high), at_least)


def table(lines: Sequence[Line]) -> Table:
    """The lines for people."""
    shown = Table(title="Ein Zug: Amtslotse gegen Rasa, wie es geliefert wird")
    for column in ("", "Amtslotse", "Rasa", "Verhältnis / Wert", "95 %", "Ziel", ""):
        shown.add_column(column, justify="left" if not column else "right")
    for line in lines:
        interval = "" if line.low is None else f"{line.low:.2f} bis {line.high:.2f}"
        shown.add_row(
            line.name,
            f"{line.ours:.1f} {line.unit}",
            "" if line.theirs is None else f"{line.theirs:.1f} {line.unit}",
            f"{line.value:.2f}",
            interval,
            f"{'≥' if line.at_least else '≤'} {line.target}",
            "erreicht" if line.reached else "[bold]verfehlt[/bold]",
        )
    return shown


def write(folder: Path, lines: Sequence[Line], about: dict[str, object], turns: Sequence[Pairs]) -> None:
    """Write `turn.json` and `turn.svg`."""
    folder.mkdir(parents=True, exist_ok=True)
    content = about | {
        "lines": [asdict(line) | {"reached": line.reached} for line in lines],
        "turn_medians_ms": [[float(x) for x in np.median(np.array(pairs), axis=0)] for pairs in turns],
    }
    (folder / "turn.json").write_text(
        json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    plot(folder / "turn.svg", turns)


def plot(path: Path, turns: Sequence[Pairs]) -> None:
    """Median time of a turn by its number, for both sides."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    numbers = range(1, len(turns) + 1)
    for side, label in ((1, "Rasa, wie es geliefert wird"), (0, "Amtslotse")):
        axes.plot(numbers, [np.median([pair[side] for pair in pairs]) for pairs in turns], label=label)
    axes.axvspan(LONG_FROM, len(turns), alpha=0.08)
    axes.set(xlabel="Zug der Unterhaltung", ylabel="ms bis zur Antwort (Median)", ylim=(0, None))
    axes.legend()
    figure.savefig(path, metadata={"Date": None})
