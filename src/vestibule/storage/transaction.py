"""What the rooms run on inside of a transaction; alike on both engines."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from vestibule.storage.statement import Executor, Row, Statement, Value
from vestibule.storage.time_high import told

T = TypeVar("T")


class Transaction:
    """An executor that notes what matters at the end: the time told, changed settings, a failure.

    After a failed statement nothing of the transaction is stored, even if the step goes on: the
    engines would differ in what they keep.
    """

    __slots__ = ("_execute", "_failure", "moves_settings", "now")

    def __init__(self, execute: Callable[[Statement, dict[str, Value]], Awaitable[list[Row]]]) -> None:
        self._execute = execute
        self._failure: Exception | None = None
        self.moves_settings = False
        self.now = 0

    async def run(self, statement: Statement, /, **parameters: Value) -> list[Row]:
        self.check()
        self.now = max(self.now, told(statement, parameters))
        self.moves_settings |= statement.moves_settings
        try:
            return await self._execute(statement, parameters)
        except Exception as failure:
            self._failure = failure
            raise

    async def atomically(self, work: Callable[[Executor], Awaitable[T]]) -> T:
        return await work(self)

    def check(self) -> None:
        """Raises what a statement failed with."""
        if self._failure is not None:
            raise self._failure
