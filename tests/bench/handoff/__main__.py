"""make bench-handoff: print a table, keep the numbers in docs/benchmarks/.

Ours and the floor run in turn, five times each, on the same machine in the same minutes; medians are compared.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from handoff_steady import Gateway
from handoff_world import Rate

from tests.bench.handoff import claims, day, floor, ground, kill, plot
from tests.bench.handoff.load import Crowd

ROOT = Path(__file__).parents[3]
MANY = Rate(10**9, 1e9)
RATE = 200
OUT = ROOT / "docs" / "benchmarks"


def _gateway(kind: str, database: str) -> Gateway:
    redis = "redis://127.0.0.1:6379" if kind == "postgresql" else ""
    return Gateway(database, redis=redis, lease_s=10**8, address_rate=MANY, handle_rate=MANY)


def _cpu_s(gateway: Gateway) -> float:
    fields = Path(f"/proc/{gateway.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _measure(gateway: Gateway, work: Any) -> dict[str, Any]:
    before = _cpu_s(gateway)
    result: dict[str, Any] = await work
    number = result.get("acknowledged") or result["sent"]
    return {**result, "cpu_ms_per_message": (_cpu_s(gateway) - before) * 1000 / number}


async def live(kind: str, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Latency, throughput and reconnect storm of one database, the floor beside it."""
    found: dict[str, Any] = {"latency": [], "latency_floor": [], "throughput": [], "throughput_floor": []}
    async with ground.database(kind, folder) as database:
        chats = await ground.fill(database, options.citizens, options.clerks)
        ours = _gateway(kind, database)
        base = Gateway(database, serve=floor.serve)
        await ours.start()
        await base.start()
        try:
            async with (
                Crowd(ours.port, chats, floor=False) as mine,
                Crowd(base.port, chats, floor=True) as theirs,
            ):
                for number in range(options.runs):
                    for name, gateway, crowd in (("_floor", base, theirs), ("", ours, mine)):
                        work = crowd.at_rate(RATE, options.seconds, f"r{number}")
                        found[f"latency{name}"].append(await _measure(gateway, work))
                await mine.leave_citizens()
                storm_s = await mine.connect_citizens(at_once=len(chats))
                found["reconnect_storm"] = {"connections": len(chats), "seconds": storm_s}
            few = chats[:100]
            async with (
                Crowd(ours.port, few, floor=False) as mine,
                Crowd(base.port, few, floor=True) as theirs,
            ):
                for number in range(options.runs):
                    for name, gateway, crowd in (("_floor", base, theirs), ("", ours, mine)):
                        work = crowd.full_speed(len(few), options.seconds, f"t{number}")
                        found[f"throughput{name}"].append(await _measure(gateway, work))
        finally:
            ours.kill()
            base.kill()
    return found


async def killed(kind: str, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """The rounds of SIGKILL."""
    async with ground.database(kind, folder) as database:
        chats = await ground.fill(database, kill.SENDERS, 4)
        gateway = _gateway(kind, database)
        await gateway.start()
        try:
            return await kill.rounds(gateway, database, chats, options.kills)
        finally:
            gateway.kill()


async def claimed(kind: str, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """The claimed queue."""
    processes = 1 if kind == "sqlite" else 4
    async with ground.database(kind, folder) as database:
        await ground.fill(database, options.queue, 1, waiting=True)
        return await asyncio.to_thread(claims.race, database, options.queue, processes)


def summary(found: dict[str, Any]) -> dict[str, float]:
    """Medians and ratios of one database's runs."""

    def mid(name: str, field: str) -> float:
        return median(run[field] for run in found[name])

    return {
        "p99_ms": mid("latency", "p99_ms"),
        "p50_ms": mid("latency", "p50_ms"),
        "floor_p99_ms": mid("latency_floor", "p99_ms"),
        "p99_ratio": mid("latency", "p99_ms") / mid("latency_floor", "p99_ms"),
        "lost": sum(run["lost"] + run["refused"] for run in found["latency"]),
        "per_second": mid("throughput", "per_second"),
        "floor_per_second": mid("throughput_floor", "per_second"),
        "throughput_ratio": mid("throughput", "per_second") / mid("throughput_floor", "per_second"),
        "cpu_ms_per_message": mid("throughput", "cpu_ms_per_message"),
        "floor_cpu_ms_per_message": mid("throughput_floor", "cpu_ms_per_message"),
        "storm_s": found["reconnect_storm"]["seconds"],
    }


def table(result: dict[str, Any]) -> str:
    """Everything in lines."""
    lines = [f"load average of the machine (2 cores): {result['load_average']}"]
    for kind, found in result["databases"].items():
        lines.append(f"-- {kind}")
        for name, value in found.get("summary", {}).items():
            lines.append(f"{name:28} {value:10.3f}")
        for part in ("kill", "claims"):
            if part in found:
                lines.append(f"{part:28} {json.dumps(found[part])}")
    if "day" in result:
        for side in ("fifo", "ours"):
            one = result["day"][side]
            lines.append(
                f"day, {side:4}: within 30 s {one['within_30_s']:.3f}, p95 {one['p95_wait_s']:.0f} s"
            )
    return "\n".join(lines)


async def main(options: argparse.Namespace) -> None:
    """Run what was asked for; numbers of an earlier run that were not asked for again are kept."""
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / f"{options.name}.json"
    result: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    result |= {"load_average": [round(one, 1) for one in os.getloadavg()], "parameters": vars(options)}
    result.setdefault("databases", {})
    parts = set(options.parts.split(","))
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for kind in options.databases.split(","):
            found = result["databases"].setdefault(kind, {})
            if "live" in parts:
                found |= await live(kind, Path(folder), options)
                found["summary"] = summary(found)
            if "claims" in parts:
                found["claims"] = await claimed(kind, Path(folder), options)
            if "kill" in parts:
                found["kill"] = await killed(kind, Path(folder), options)
            path.write_text(json.dumps(result, indent=1) + "\n")
    if "day" in parts:
        result["day"] = day.compare(options.days)
    result["took_s"] = round(time.perf_counter() - start)
    path.write_text(json.dumps(result, indent=1) + "\n")
    plot.draw(result, OUT / f"{options.name}.png")
    print(table(result))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--parts", default="live,claims,kill,day")
    parser.add_argument("--citizens", type=int, default=1000)
    parser.add_argument("--clerks", type=int, default=50)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--queue", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=10)
    parser.add_argument(
        "--folder", default=None, help="where the SQLite files lie; default the system's temp folder"
    )
    parser.add_argument("--name", default="handoff")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main(_options()))
