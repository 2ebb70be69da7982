"""The figures as text: a table for the terminal, and `docs/performance.md`."""

from typing import Any

from benchmarks.plan import FLOORS, MANY_PEOPLE, MANY_REALMS, ONE, TARGETS
from benchmarks.reasons import REASONS
from benchmarks.results import Json, missed

TITLES = {size.name: size.title for size in (ONE, MANY_REALMS, MANY_PEOPLE)}
INTRODUCTION = """# Performance

What one process of Vestibule needs: one worker, RS256, SQLite with `synchronous=FULL`, CPU time of the
server process, all its threads and the kernel's work for it. Each figure is the median of {rounds} blocks
that were measured in turn with the others, on {connections} keep-alive connections. Ratios compare an
operation with a physical floor of the same round, so they travel from machine to machine; milliseconds
do not. Every response was checked. Targets are part of what this project promises.

`make bench` measures again on your machine, `make bench JSON=file` keeps the figures, and
`.venv/bin/python -m benchmarks --write-docs` prints this page anew.
[Long lists](performance-of-lists.md) and [sign-ins through a provider](performance-of-providers.md) have
pages of their own.

Measured {measured_at} with version {version} on {cpu}, {cores} cores, {system}, {python}, SQLite {sqlite}.
"""
EXPLAINED_OPERATIONS = """\
The code flow is three requests: authorization with the session's cookie, token with PKCE, userinfo. The
password sign-in is five, with two pages; its hash is timed in its own thread and taken off ({hashing}
ms). Operations a second are those of one process: where they are fewer than the CPU would allow, it
waited for the disk.
"""
EXPLAINED_FIRST_TOKEN = """\
Realms and people are drawn uniformly, after every realm was used once. The first token of a realm, which
loads its settings and keys, costs {first} ms.
"""
EXPLAINED_START = """\
`vestibule serve` on a migrated database, from the start of the process to the first 200 of a realm; the
very first start also makes the `master` realm with its keys. Memory is what the process holds (resident,
in 10⁶ bytes), before and after all the operations above.
"""


def terminal(results: Json) -> str:
    """What a run prints at its end."""
    lines = [f"{name:20} {floor['cpu_ms']:>9} ms CPU" for name, floor in results["floors"].items()]
    lines += ["", f"{'':20} {'ms CPU':>9} {'ops/s':>9} {'ratio':>7} {'target':>7}"]
    for name, figure in results["operations"].items():
        lines.append(
            f"{name:20} {figure['cpu_ms']:>9} {figure['ops_per_s']:>9} "
            f"{figure['ratio']:>7} {figure['target']:>7} {_verdict(figure)}"
        )
    for size, figures in results["growth"].items():
        lines += ["", f"{TITLES.get(size, size)}: times the cost of {TITLES[ONE.name]}"]
        for name, figure in figures.items():
            times = (
                f"{figure['growth']:>7} {figure['target']:>7} {_verdict(figure)}" if "met" in figure else ""
            )
            lines.append(f"{name:20} {figure['cpu_ms']:>9} {figure.get('ops_per_s', ''):>9} {times}".rstrip())
    lines.append("")
    for size, figure in results["start_up_seconds"].items():
        lines.append(f"start-up {size:15} {figure['median']:>6} s  {_verdict(figure)}")
    for size, figures in results["memory_mb"].items():
        for when, figure in figures.items():
            lines.append(f"{when:10} {size:15} {figure['resident']:>6} MB {_verdict(figure)}")
    return "\n".join(lines)


def markdown(results: Json) -> str:
    """The whole of `docs/performance.md`."""
    parts = [
        INTRODUCTION.format(**results, **results["machine"]),
        _floors(results),
        _operations(results),
        _growth(results),
        _start_and_memory(results),
        _missed(results),
    ]
    return "\n".join(part for part in parts if part)


def _floors(results: Json) -> str:
    rows = [[FLOORS[name], _number(floor["cpu_ms"])] for name, floor in results["floors"].items()]
    return "## Floors\n\n" + _table(["floor", "ms of CPU"], rows)


def _operations(results: Json) -> str:
    rows = []
    for name, figure in results["operations"].items():
        times = f"{figure['floor_times']} × " if figure["floor_times"] > 1 else ""
        ratio, target = f"**{_number(figure['ratio'])}**", _number(figure["target"])
        against = f"{times}{FLOORS[figure['floor']]}"
        costs = [_number(figure["cpu_ms"]), _number(figure["ops_per_s"])]
        rows.append([TARGETS[name].title, *costs, against, ratio, target, _verdict(figure)])
    heads = ["operation", "ms of CPU", "operations/s", "floor", "ratio", "at most", "met"]
    hashing = _number(results["operations"]["password_sign_in"]["hash_cpu_ms"])
    explained = EXPLAINED_OPERATIONS.format(hashing=hashing)
    return f"## One realm, 1,000 people\n\n{_table(heads, rows)}\n{explained}"


def _growth(results: Json) -> str:
    parts = []
    for size, figures in results["growth"].items():
        rows = [
            [
                TARGETS[name].title,
                _number(figure["cpu_ms"]),
                _number(figure["ops_per_s"]),
                _number(figure["ratio"]),
                f"**{_number(figure['growth'])}**",
                _number(figure["target"]),
                _verdict(figure),
            ]
            for name, figure in figures.items()
            if name in TARGETS
        ]
        heads = [
            "operation",
            "ms of CPU",
            "operations/s",
            "ratio to floor",
            "times the small one",
            "at most",
            "met",
        ]
        title = TITLES[size][0].upper() + TITLES[size][1:]
        parts.append(f"## {title}\n\n{_table(heads, rows)}")
        first = figures.get("first_token_of_a_realm")
        if first is not None:
            parts.append(EXPLAINED_FIRST_TOKEN.format(first=_number(first["cpu_ms"])))
    return "\n".join(parts)


def _start_and_memory(results: Json) -> str:
    rows = []
    for size, start in results["start_up_seconds"].items():
        idle, loaded = results["memory_mb"][size]["idle"], results["memory_mb"][size]["after_load"]
        figures = [(start, "median"), (idle, "resident"), (loaded, "resident")]
        cells = [
            f"{_number(figure[key])} (at most {_number(figure['target'])}: {_verdict(figure)})"
            for figure, key in figures
        ]
        rows.append([TITLES[size], *cells, _number(start["first_start"])])
    heads = ["database", "start-up, s", "idle, MB", "after load, MB", "very first start, s"]
    return f"## Start-up and memory\n\n{_table(heads, rows)}\n{EXPLAINED_START}"


def _missed(results: Json) -> str:
    paths = missed(results)
    if not paths:
        return "## Missed\n\nNothing: every figure meets its target.\n"
    lines = [f"- {_miss(results, path)}" for path in paths]
    return "## Missed\n\n" + "\n".join(lines) + "\n"


def _miss(results: Json, path: str) -> str:
    figure: Any = results
    for name in path.split("."):
        figure = figure[name]
    value = next(figure[key] for key in ("growth", "ratio", "median", "resident") if key in figure)
    reason = REASONS.get(path, "Not explained yet.")
    beyond = _number(100 * (value / figure["target"] - 1))
    return f"`{path}`: {_number(value)} against {_number(figure['target'])}, {beyond} % beyond. {reason}"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _number(value: float) -> str:
    """Three digits that count, thousands apart."""
    return f"{float(f'{value:.3g}'):,.10g}"


def _verdict(figure: Json) -> str:
    return "yes" if figure["met"] else "no"
