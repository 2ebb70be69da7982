"""The figures of a run as JSON: medians of the rounds, held against their targets."""

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import apsw

from benchmarks.load import CONNECTIONS, Block
from benchmarks.measure import Measured, Run
from benchmarks.plan import (
    MOST_GROWTH,
    MOST_IDLE_MB,
    MOST_LOADED_MB,
    MOST_START_SECONDS,
    TARGETS,
    Plan,
    Target,
)
from vestibule import __version__

Json = dict[str, Any]


def write_results(plan: Plan, found: Run) -> Json:
    """Everything that was measured. Ratios are medians of those within each round."""
    first, *others = found.measured
    return {
        "version": __version__,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "rounds": plan.rounds,
        "connections": CONNECTIONS,
        "floors": {name: {"cpu_ms": _short(median(values))} for name, values in found.floors.items()},
        "operations": {
            name: _operation(target, first.blocks[name], found.floors[target.floor])
            for name, target in TARGETS.items()
        },
        "growth": {other.size.name: _growth(first, other, found) for other in others},
        "start_up_seconds": {
            each.size.name: {
                "first_start": _short(each.start.first_seconds),
                **_held(each.start.seconds, MOST_START_SECONDS, "median"),
            }
            for each in found.measured
            if each.start is not None
        },
        "memory_mb": {
            each.size.name: {
                "idle": _held(each.start.idle_mb, MOST_IDLE_MB, "resident"),
                "after_load": _held(each.start.loaded_mb, MOST_LOADED_MB, "resident"),
            }
            for each in found.measured
            if each.start is not None
        },
    }


def machine() -> Json:
    """What it was measured on."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {sys.version.split()[0]}",
        "sqlite": apsw.sqlite_lib_version(),
    }


def missed(results: Json) -> list[str]:
    """The paths of every figure that is beyond its target."""
    return [path for path, figure in _figures(results, "") if figure.get("met") is False]


def _figures(part: Json, path: str) -> list[tuple[str, Json]]:
    found = [(path, part)] if "met" in part else []
    for name, value in part.items():
        if isinstance(value, dict):
            found += _figures(value, f"{path}.{name}".lstrip("."))
    return found


def _operation(target: Target, blocks: list[Block], floors: list[float]) -> Json:
    ratio = _ratio(target, blocks, floors)
    figures = {**_costs(blocks), "floor": target.floor, "floor_times": target.times}
    return {**figures, **_held(ratio, target.most, "ratio")}


def _growth(first: Measured, other: Measured, found: Run) -> Json:
    """The same operations on more data, and how many times as much they cost as on the first."""
    figures: Json = {}
    for name, target in TARGETS.items():
        pairs = zip(other.blocks[name], first.blocks[name], strict=True)
        times = median(mine.cpu_ms / theirs.cpu_ms for mine, theirs in pairs)
        ratio = _ratio(target, other.blocks[name], found.floors[target.floor])
        figures[name] = {
            **_costs(other.blocks[name]),
            "ratio": _short(ratio),
            **_held(times, MOST_GROWTH, "growth"),
        }
    if other.first_token is not None:
        figures["first_token_of_a_realm"] = {"cpu_ms": _short(other.first_token.cpu_ms)}
    return figures


def _costs(blocks: list[Block]) -> Json:
    figures = {
        "cpu_ms": _short(median(block.cpu_ms for block in blocks)),
        "ops_per_s": _short(median(block.ops_per_s for block in blocks)),
    }
    hashing = median(1000 * block.hash_seconds / block.operations for block in blocks)
    return figures | ({"hash_cpu_ms": _short(hashing)} if hashing else {})


def _ratio(target: Target, blocks: list[Block], floors: list[float]) -> float:
    pairs = zip(blocks, floors, strict=True)
    return median(block.cpu_ms / (target.times * floor) for block, floor in pairs)


def _held(value: float, most: float, name: str) -> Json:
    return {name: _short(value), "target": most, "met": _short(value) <= most}


def _short(value: float) -> float:
    """Four digits that count."""
    return float(f"{value:.4g}")


def _cpu_model() -> str:
    """The name that the kernel tells; other systems give what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
