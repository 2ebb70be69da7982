"""How soon `vestibule serve` answers, and how much memory it holds before and after load."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.child import ROOT, Usage, stop_process
from benchmarks.dataset import Dataset, realm_name
from benchmarks.load import run_block
from benchmarks.operations import Operations
from benchmarks.plan import Plan
from benchmarks.wire import WrongAnswer, get

FIRST_ANSWER_SECONDS = 30.0
LOOK_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until the first 200 of a realm's discovery, and resident memory in 10^6 bytes.

    `first_seconds` is of the very first start, which also makes the `master` realm with its keys.
    """

    first_seconds: float
    seconds: float
    idle_mb: float
    loaded_mb: float


@dataclass(frozen=True, slots=True)
class Serving:
    """A running `vestibule serve`. Its CPU time is not measured."""

    address: tuple[str, int]
    pid: int
    seconds: float
    """From the start of the process to its first 200."""

    def usage(self) -> Usage:
        return Usage(0.0, 0.0)

    def resident_mb(self) -> float:
        """What the process holds in memory now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure_start(dataset: Dataset, plan: Plan) -> Start:
    """Starts the service once, then again and again, and puts the last one under load."""
    with serve(dataset) as serving:
        first = serving.seconds
    seconds = []
    for _ in range(plan.starts - 1):
        with serve(dataset) as serving:
            seconds.append(serving.seconds)
    with serve(dataset) as serving:
        seconds.append(serving.seconds)
        time.sleep(plan.settle_seconds)
        idle = serving.resident_mb()
        _load(serving, Operations(dataset), plan)
        time.sleep(plan.settle_seconds)
        return Start(first, median(seconds), idle, serving.resident_mb())


def _load(serving: Serving, operations: Operations, plan: Plan) -> None:
    """Every realm once, then every operation for a while."""
    size = operations.dataset.size
    run_block(serving, operations.first_token, at_least=size.realms)
    run_block(serving, operations.gather_tokens, plan.memory_seconds, at_most=size.sessions)
    for operation in operations.all.values():
        run_block(serving, operation, plan.memory_seconds)


@contextmanager
def serve(dataset: Dataset) -> Iterator[Serving]:
    """A `vestibule serve` on a free port of loopback, from its first 200 on."""
    port = _free_port()
    environment = {"VESTIBULE_HOST": "127.0.0.1", "VESTIBULE_PORT": str(port), **dataset.environment}
    began = time.perf_counter()
    with (dataset.directory / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("vestibule"), "serve"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for_answer(port, process)
        yield Serving(("127.0.0.1", port), process.pid, time.perf_counter() - began)
    finally:
        stop_process(process)


def _wait_for_answer(port: int, process: "subprocess.Popen[bytes]") -> None:
    request = get(f"/realms/{realm_name(0)}/.well-known/openid-configuration", "connection: close\r\n")
    until = time.perf_counter() + FIRST_ANSWER_SECONDS
    while time.perf_counter() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(request)
                answer = connection.recv(4096)
        except OSError:
            time.sleep(LOOK_SECONDS)
            continue
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise WrongAnswer(f"the first answer after the start: {answer!r}")
        return
    raise WrongAnswer(f"vestibule serve did not answer; its exit status is {process.poll()}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
