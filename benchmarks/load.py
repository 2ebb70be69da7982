"""The load generator: keep-alive connections that hold conversations, one request after the other.

A conversation is a generator that yields requests and is sent their responses. Plain sockets and a
selector drive it: the load generator should cost less than what it measures, and each request leaves
as soon as its predecessor is answered.
"""

import math
import selectors
import socket
import sys
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from benchmarks.child import Usage
from benchmarks.wire import Response, WrongAnswer, read_response


class Server(Protocol):
    """Whom the load is put on."""

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        ...

    def usage(self) -> Usage:
        """What it has used so far."""
        ...


CONNECTIONS = 8
ANSWER_SECONDS = 20.0

Conversation = Generator[bytes, Response, None]
Operation = Callable[[int], Conversation]
"""Begins one conversation on the connection of this number."""


@dataclass(frozen=True, slots=True)
class Block:
    """What one block cost. `cpu_seconds` is of the server process, without `hash_seconds`."""

    operations: int
    seconds: float
    cpu_seconds: float
    hash_seconds: float

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of CPU for each operation."""
        return 1000 * self.cpu_seconds / self.operations

    @property
    def ops_per_s(self) -> float:
        """Operations for each second of the wall clock."""
        return self.operations / self.seconds


class _Connection:
    """Holds conversations until `next_one` has no more."""

    def __init__(self, address: tuple[str, int], next_one: Callable[[], Conversation | None]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._next_one = next_one
        self._data = b""
        self._conversation: Conversation

    def begin(self) -> bool:
        """Starts the next conversation; False where there is none."""
        conversation = self._next_one()
        if conversation is None:
            return False
        self._conversation = conversation
        self.socket.sendall(next(conversation))
        return True

    def receive(self) -> bool:
        """Reads what has arrived and goes on; False where that was the last conversation."""
        data = self.socket.recv(65536)
        if not data:
            raise WrongAnswer(f"the service closed the connection after {self._data!r}")
        found = read_response(self._data + data if self._data else data)
        if found is None:
            self._data += data
            return True
        response, self._data = found
        try:
            self.socket.sendall(self._conversation.send(response))
        except StopIteration:
            return self.begin()
        return True


def run_block(
    server: Server,
    operation: Operation,
    seconds: float = 0.0,
    *,
    at_least: int = CONNECTIONS,
    at_most: int = sys.maxsize,
) -> Block:
    """Runs the operation on every connection for so long, between so many times.

    What is under way at the end is finished and counted. Raises `WrongAnswer`.
    """
    begun, until = 0, math.inf

    def next_one(number: int) -> Conversation | None:
        nonlocal begun
        if begun >= at_most or (begun >= at_least and time.perf_counter() >= until):
            return None
        begun += 1
        return operation(number)

    connections = [_Connection(server.address, partial(next_one, number)) for number in range(CONNECTIONS)]
    try:
        before = server.usage()
        started = time.perf_counter()
        until = started + seconds
        _converse(connections)
        took = time.perf_counter() - started
        after = server.usage()
    finally:
        for connection in connections:
            connection.socket.close()
    hashing = after.hash_seconds - before.hash_seconds
    return Block(begun, took, after.cpu_seconds - before.cpu_seconds - hashing, hashing)


def _converse(connections: Sequence[_Connection]) -> None:
    """Until every connection has ended; raises `WrongAnswer` where none is answered for long."""
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            if connection.begin():
                selector.register(connection.socket, selectors.EVENT_READ, connection)
        while selector.get_map():
            ready = selector.select(ANSWER_SECONDS)
            if not ready:
                raise WrongAnswer(f"no answer within {ANSWER_SECONDS} s")
            for key, _ in ready:
                if not key.data.receive():
                    selector.unregister(key.fileobj)
