"""The benchmark runs every operation, refuses wrong answers, and says what misses its target."""

import json
from pathlib import Path

import pytest

from benchmarks import brokered
from benchmarks.child import start_child
from benchmarks.dataset import Size
from benchmarks.load import CONNECTIONS, Block, Conversation, run_block
from benchmarks.measure import Measured, Run, run
from benchmarks.plan import FLOORS, TARGETS, Plan
from benchmarks.report import markdown, terminal
from benchmarks.results import Json, missed, write_results
from benchmarks.start import Start
from benchmarks.wire import Response, WrongAnswer, get, read_response

ONE, THREE = (
    Size("one_realm", "one realm", realms=1, people=3, sessions=16),
    Size("5000_realms", "three realms", realms=3, people=6, sessions=16),
)
PLAN = Plan(
    sizes=(THREE,),
    rounds=1,
    block_seconds=0.05,
    sign_in_seconds=0.05,
    floor_seconds=0.02,
    gather_seconds=0.05,
    warm_up_seconds=0.0,
    starts=1,
    settle_seconds=0.0,
    memory_seconds=0.0,
    ready_keys=2,
)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """The figures of a run that is far too short to mean anything."""
    found = run(PLAN, tmp_path_factory.mktemp("bench"), lambda _: None)
    read: Json = json.loads(json.dumps(write_results(PLAN, found)))
    return read


def block(cpu_ms: float, hash_ms: float = 0.0) -> Block:
    """Ten operations that took a second."""
    return Block(10, 1.0, cpu_ms / 100, hash_ms / 100)


def measured(size: Size, *cpu_ms: float) -> Measured:
    """Figures of which every operation costs the same."""
    found = Measured(size, start=Start(1.0, 1.3, 89.0, 141.0))
    for blocks in found.blocks.values():
        blocks += [block(each, hash_ms=20.0) for each in cpu_ms]
    return found


def test_every_operation_and_floor_has_its_figures(results: Json) -> None:
    assert results["operations"].keys() == TARGETS.keys()
    assert results["floors"].keys() == FLOORS.keys()
    for figure in results["operations"].values():
        assert min(figure["cpu_ms"], figure["ops_per_s"], figure["ratio"]) > 0


def test_sign_ins_through_a_provider_are_counted_with_and_without_userinfo(tmp_path: Path) -> None:
    found = brokered.run(brokered.Rounds(rounds=1, seconds=0.05, floor_seconds=0.02), tmp_path)
    assert found.sign_ins >= 2 * CONNECTIONS
    assert found.figures().keys() == {"ID token", "ID token and userinfo"}
    assert all(min(figure.values()) > 0 for figure in found.figures().values())


def test_the_ratio_of_a_sign_in_is_to_a_signature_and_a_check_of_the_same_round() -> None:
    costs = {name: [3.0, 6.0, 3.0] for name in brokered.OPERATIONS}  # the second round ran half as fast
    floors = {brokered.SIGN: [0.5, 1.0, 0.5], brokered.VERIFY: [0.25, 0.5, 0.25]}
    found = brokered.Found(floors, costs, costs)
    assert {figure["ratio"] for figure in found.figures().values()} == {4.0}


def test_the_hash_is_timed_apart(results: Json) -> None:
    figure = results["operations"]["password_sign_in"]
    assert figure["hash_cpu_ms"] > figure["cpu_ms"] / 10
    assert "hash_cpu_ms" not in results["operations"]["code_flow"]


def test_start_and_memory_are_those_of_the_service(results: Json) -> None:
    assert results["start_up_seconds"]["5000_realms"]["median"] > 0.05
    assert results["memory_mb"]["5000_realms"]["idle"]["resident"] > 20


def test_the_document_shows_every_operation(results: Json) -> None:
    text = markdown(results)
    assert all(f"| {target.title} |" in text for target in TARGETS.values())
    assert results["machine"]["cpu"] in text
    assert all(name in terminal(results) for name in TARGETS)


def test_ratios_are_those_of_the_same_round() -> None:
    # The second round ran on a machine twice as slow.
    floors = {name: [0.5, 1.0, 0.5] for name in FLOORS}
    found = write_results(Plan(), Run(floors, [measured(ONE, 1.0, 2.0, 1.1)]))
    assert found["operations"]["discovery"]["ratio"] == 2.0
    assert found["operations"]["code_flow"]["ratio"] == 1.0


def test_what_misses_its_target_is_told() -> None:
    floors = {name: [1.0] for name in FLOORS}
    found = write_results(Plan(), Run(floors, [measured(ONE, 1.45), measured(THREE, 1.7)]))
    assert missed(found) == [
        *(f"growth.5000_realms.{name}" for name in TARGETS),
        "start_up_seconds.one_realm",
        "start_up_seconds.5000_realms",
        "memory_mb.one_realm.after_load",
        "memory_mb.5000_realms.after_load",
    ]
    assert "`start_up_seconds.one_realm`: 1.3 against 1.2, 8.33 % beyond." in markdown(found)


def test_a_wrong_answer_ends_the_run(tmp_path: Path) -> None:
    def ask(_: int) -> Conversation:
        response = yield get("/")
        response.expect(200, "something else")

    with (
        start_child("benchmarks.floors", [str(tmp_path)], {}, tmp_path / "log") as child,
        pytest.raises(WrongAnswer, match="something else"),
    ):
        run_block(child, ask)


def test_a_block_ends_after_as_many_operations_as_allowed(tmp_path: Path) -> None:
    begun = []

    def ask(connection: int) -> Conversation:
        begun.append(connection)
        response = yield get("/")
        response.expect(200)

    with start_child("benchmarks.floors", [str(tmp_path)], {}, tmp_path / "log") as child:
        found = run_block(child, ask, 60.0, at_most=20)
    assert found.operations == len(begun) == 20
    assert set(begun) == set(range(8))


def test_responses_are_cut_at_their_length() -> None:
    first = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab"
    assert read_response(first[:-1]) is None
    assert read_response(first + b"HTTP") == (Response(200, first[:-6], b"ab"), b"HTTP")
