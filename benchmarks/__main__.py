"""`python -m benchmarks [--json FILE] [--quick] [--write-docs] [--from FILE]`."""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.child import ROOT
from benchmarks.measure import run
from benchmarks.plan import QUICK, WHOLE
from benchmarks.report import markdown, terminal
from benchmarks.results import Json, missed, write_results

DOCUMENT = ROOT / "docs" / "performance.md"


def main() -> None:
    """Measures, or reads what was measured before; prints, and writes what was asked for."""
    options = _options()
    results = json.loads(options.read.read_text()) if options.read else _measure(quick=options.quick)
    print(terminal(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    if options.write_docs:
        DOCUMENT.write_text(markdown(results), encoding="utf-8")
    beyond = missed(results)
    print(f"\n{len(beyond)} figures miss their target" + "".join(f"\n  {path}" for path in beyond))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--quick", action="store_true", help="one realm only, shorter blocks")
    parser.add_argument("--write-docs", action="store_true", help="print docs/performance.md anew")
    parser.add_argument(
        "--from", type=Path, metavar="FILE", dest="read", help="measure nothing, take the figures of FILE"
    )
    return parser.parse_args()


def _measure(*, quick: bool) -> Json:
    plan, began = QUICK if quick else WHOLE, time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {text}", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="vestibule-bench-") as directory:
        found = run(plan, Path(directory), say)
        return write_results(plan, found)


if __name__ == "__main__":
    main()
