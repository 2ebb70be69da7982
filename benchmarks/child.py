"""A measured process of its own, and the questions that it is asked over a socket.

The questions stay off the HTTP port, so that no product endpoint has to exist for them.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ANSWER_SECONDS = 60.0
STOP_SECONDS = 20.0

Question = Callable[[list[Any]], Any]


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds of the process so far, all threads, and those of password hashes among them."""

    cpu_seconds: float
    hash_seconds: float


class Child:
    """A running child, as the benchmark sees it."""

    def __init__(self, process: subprocess.Popen[bytes], connection: socket.socket) -> None:
        self.process = process
        self.address: tuple[str, int] = ("", 0)
        self._connection = connection

    def ask(self, question: str, *arguments: Any) -> Any:
        """The answer to one question."""
        self._connection.sendall(json.dumps([question, *arguments]).encode() + b"\n")
        return self._answer()

    def usage(self) -> Usage:
        """What the process has used so far."""
        return Usage(*self.ask("usage"))

    def wait_until_ready(self) -> None:
        """Returns when the child listens, with its address known."""
        host, port = self._answer()
        self.address = (host, port)

    def stop(self) -> None:
        """Asks the process to stop, and waits for it."""
        self._connection.close()
        stop_process(self.process)

    def _answer(self) -> Any:
        received = b""
        while not received.endswith(b"\n"):
            data = self._connection.recv(65536)
            if not data:
                raise RuntimeError(f"a measured process ended with status {self.process.poll()}")
            received += data
        return json.loads(received)


@contextmanager
def start_child(
    module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[Child]:
    """A running `python -m module fd …` with its output in `log`, from when it listens."""
    ours, theirs = socket.socketpair()
    ours.settimeout(ANSWER_SECONDS)
    with theirs, log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, str(theirs.fileno()), *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=[theirs.fileno()],
        )
    child = Child(process, ours)
    try:
        child.wait_until_ready()
        yield child
    finally:
        child.stop()


def stop_process(process: "subprocess.Popen[bytes]") -> None:
    """Terminates it, and kills it where that is not enough."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def answer_questions(fd: int, address: tuple[str, int], questions: Mapping[str, Question]) -> None:
    """In the child: tells its address, then answers from inside the running event loop."""
    connection = socket.socket(fileno=fd)
    loop = asyncio.get_running_loop()

    def answer() -> None:
        data = connection.recv(65536)
        if data:
            question, *arguments = json.loads(data)
            connection.sendall(json.dumps(questions[question](arguments)).encode() + b"\n")
        else:
            loop.remove_reader(connection)
            connection.close()

    connection.sendall(json.dumps(address).encode() + b"\n")
    loop.add_reader(connection, answer)


def cpu_seconds() -> float:
    """CPU time of this process in all its threads, user and system."""
    return time.process_time()
