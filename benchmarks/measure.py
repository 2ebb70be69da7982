"""One run: children are started, then floors and operations are measured in interleaved blocks."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.child import Child, start_child
from benchmarks.dataset import Dataset, Materials, Size, seed
from benchmarks.floors import SIGNING_PATH
from benchmarks.load import Block, Conversation, run_block
from benchmarks.operations import Operations
from benchmarks.plan import COMMIT, FORM, GET, HASH, SIGN, SIGN_ALONE, TARGETS, Plan
from benchmarks.start import Start, measure_start
from benchmarks.wire import get, post

Say = Callable[[str], None]
FORM_OF_A_TOKEN_REQUEST = {
    "grant_type": "client_credentials",
    "client_id": "x" * 20,
    "client_secret": "y" * 43,
}


@dataclass(slots=True)
class Measured:
    """All figures of one database size. Blocks stand in the order of the rounds."""

    size: Size
    blocks: dict[str, list[Block]] = field(default_factory=lambda: {name: [] for name in TARGETS})
    first_token: Block | None = None
    start: Start | None = None


@dataclass(slots=True)
class Run:
    """The figures of a run; floors in CPU milliseconds, one for each round."""

    floors: dict[str, list[float]]
    measured: list[Measured]


def run(plan: Plan, directory: Path, say: Say) -> Run:
    """Seeds, measures and cleans up. Raises `WrongAnswer` where a service answers wrongly."""
    materials = Materials(plan.ready_keys)
    datasets = []
    for size in plan.sizes:
        say(f"seeding {size.title}")
        datasets.append(asyncio.run(seed(size, directory / size.name, materials)))
    found = Run(
        {name: [] for name in (GET, FORM, SIGN, SIGN_ALONE, COMMIT, HASH)},
        [Measured(size) for size in plan.sizes],
    )
    for dataset, measured in zip(datasets, found.measured, strict=True):
        say(f"start-up and memory with {dataset.size.title}")
        measured.start = measure_start(dataset, plan)
    with ExitStack() as stack:
        floors = stack.enter_context(
            start_child("benchmarks.floors", [str(directory)], {}, directory / "floors.log")
        )
        services = []
        for dataset, measured in zip(datasets, found.measured, strict=True):
            say(f"warming up {dataset.size.title}")
            child = stack.enter_context(
                start_child("benchmarks.service", [], dataset.environment, dataset.directory / "log")
            )
            operations = Operations(dataset)
            measured.first_token = _warm_up(child, operations, dataset, plan)
            services.append((child, operations, measured))
        for number in range(plan.rounds):
            say(f"round {number + 1} of {plan.rounds}")
            _measure_floors(floors, found, plan)
            for name in TARGETS:
                for child, operations, measured in services:
                    block = run_block(child, operations.all[name], plan.seconds_of(name))
                    measured.blocks[name].append(block)
    return found


def _warm_up(child: Child, operations: Operations, dataset: Dataset, plan: Plan) -> Block | None:
    """Every realm once and every operation for a while; answers what the first token of a realm cost."""
    realms, visits = dataset.size.realms, len(dataset.visits)
    first_token = run_block(child, operations.first_token, at_least=realms)
    run_block(child, operations.gather_tokens, plan.gather_seconds, at_most=visits)
    for operation in operations.all.values():
        run_block(child, operation, plan.warm_up_seconds)
    return first_token if realms > 1 else None


def _measure_floors(floors: Child, found: Run, plan: Plan) -> None:
    """One block of each floor."""
    costs = {
        name: run_block(floors, operation, plan.floor_seconds).cpu_ms
        for name, operation in {GET: _bare_get, FORM: _bare_form, SIGN: _signing_get}.items()
    }
    costs[SIGN] -= costs[GET]
    for name, cost in costs.items():
        found.floors[name].append(cost)
    for name in (SIGN_ALONE, COMMIT, HASH):
        found.floors[name].append(float(floors.ask("floor", name, plan.floor_seconds)))


def _bare_get(connection: int) -> Conversation:
    response = yield get("/health/live")
    response.expect(200, "UP")


def _signing_get(connection: int) -> Conversation:
    response = yield get(SIGNING_PATH)
    response.expect(200, "UP")


def _bare_form(connection: int) -> Conversation:
    response = yield post("/", FORM_OF_A_TOKEN_REQUEST)
    response.expect(200, "UP")
