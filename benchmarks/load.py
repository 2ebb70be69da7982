"""The load generator: keep-alive connections that hold conversations, one request after the other.

A conversation is a generator that yields requests and is sent their responses. It is driven straight
from the socket's callback: the generator should cost less than what it measures.
"""

import asyncio
import math
import sys
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from benchmarks.child import Usage
from benchmarks.wire import Response, WrongAnswer, read_response


class Server(Protocol):
    """Whom the load is put on."""

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        ...

    async def usage(self) -> Usage:
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


class _Connection(asyncio.Protocol):
    """Holds conversations until `next_one` has no more."""

    def __init__(self, next_one: Callable[[], Conversation | None]) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._next_one = next_one
        self._data = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(WrongAnswer(f"the service closed a connection: {exc}"))

    def begin(self) -> None:
        """Starts the next conversation."""
        conversation = self._next_one()
        if conversation is None:
            self.ended.set_result(None)
            return
        self._conversation = conversation
        self._transport.write(next(conversation))

    def data_received(self, data: bytes) -> None:
        if self.ended.done():
            return
        try:
            found = read_response(self._data + data)
            if found is None:
                self._data += data
                return
            response, self._data = found
            self._transport.write(self._conversation.send(response))
        except StopIteration:
            self.begin()
        except Exception as error:  # noqa: BLE001 - told to whoever waits for the block
            self.ended.set_exception(error)

    def close(self) -> None:
        """Hangs up."""
        if not self.ended.done():
            self.ended.cancel()
        self._transport.abort()


async def run_block(
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

    connections = [await _connect(server, next_one, number) for number in range(CONNECTIONS)]
    try:
        before = await server.usage()
        started = time.perf_counter()
        until = started + seconds
        for connection in connections:
            connection.begin()
        await _all_ended(connections, lambda: begun)
        took = time.perf_counter() - started
        after = await server.usage()
    finally:
        for connection in connections:
            connection.close()
    hashing = after.hash_seconds - before.hash_seconds
    return Block(begun, took, after.cpu_seconds - before.cpu_seconds - hashing, hashing)


async def _all_ended(connections: Sequence[_Connection], progress: Callable[[], int]) -> None:
    """Waits for the connections; raises `WrongAnswer` where one failed or no new operation begins."""
    waiting = {connection.ended for connection in connections}
    while waiting:
        before = progress()
        done, waiting = await asyncio.wait(
            waiting, timeout=ANSWER_SECONDS, return_when=asyncio.FIRST_EXCEPTION
        )
        for ended in done:
            ended.result()
        if not done and progress() == before:
            raise WrongAnswer(f"no answer within {ANSWER_SECONDS} s")


async def _connect(
    server: Server, next_one: Callable[[int], Conversation | None], number: int
) -> _Connection:
    loop = asyncio.get_running_loop()
    host, port = server.address
    _, connection = await loop.create_connection(lambda: _Connection(lambda: next_one(number)), host, port)
    return connection
