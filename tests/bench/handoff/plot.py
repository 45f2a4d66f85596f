"""The plot beside the numbers."""

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot


def draw(result: dict[str, Any], path: Path) -> None:
    """Latency and throughput against the floor, and the simulated day."""
    kinds = [kind for kind, found in result["databases"].items() if "summary" in found]
    figure, (left, middle, right) = pyplot.subplots(1, 3, figsize=(12, 3.6))
    for axis, ours, base, title in (
        (left, "p99_ms", "floor_p99_ms", "p99 citizen → clerk, ms"),
        (middle, "per_second", "floor_per_second", "acknowledged messages a second"),
    ):
        for number, kind in enumerate(kinds):
            found = result["databases"][kind]["summary"]
            axis.bar([number * 3, number * 3 + 1], [found[ours], found[base]], color=["#17509e", "#9aa5b1"])
        axis.set_xticks([number * 3 + 0.5 for number in range(len(kinds))], kinds)
        axis.set_title(title)
    if "day" in result:
        day = result["day"]
        right.bar(
            ["FIFO", "ours"],
            [day["fifo"]["within_30_s"], day["ours"]["within_30_s"]],
            color=["#9aa5b1", "#17509e"],
        )
        right.set_ylim(0, 1)
        right.set_title(f"answered within 30 s, {day['chats_per_hour']:.0f} chats/h")
    figure.suptitle("blue: ours, grey: the floor (a relay that stores nothing) or plain FIFO")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
