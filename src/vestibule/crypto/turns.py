"""A bounded queue for a few slots, in which realms take turns: one realm's flood is its own (RL-02)."""

import asyncio
from collections import deque

from vestibule.domain.errors import Busy

RETRY_AFTER_SECONDS = 2


class Turns:
    """`slots` that may be held at once; at most `queue` callers wait, at most half of them for one realm.

    It belongs to the event loop.
    """

    def __init__(self, slots: int, queue: int) -> None:
        self._free = slots
        self._queue = queue
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._closed = False

    async def take(self, realm_id: str) -> None:
        """Returns when a slot is the caller's, to be handed back by `give`; `Busy` beyond the bounds."""
        if self._closed:
            raise _busy("the service is stopping")
        if self._free:
            self._free -= 1
            return
        turn = self._line_up(realm_id)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._leave(realm_id, turn)
            else:
                self.give()
            raise

    def give(self) -> None:
        """Hands a slot to whoever has waited longest in the realm whose turn it is."""
        while self._waiting:
            realm_id, turns = next(iter(self._waiting.items()))
            turn = turns.popleft()
            # The realm goes to the end of the line, if anybody of it is left.
            del self._waiting[realm_id]
            if turns:
                self._waiting[realm_id] = turns
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def close(self) -> None:
        """Turns away those who wait and all who come."""
        self._closed = True
        for turns in self._waiting.values():
            for turn in turns:
                if not turn.done():
                    turn.set_exception(_busy("the service is stopping"))
        self._waiting.clear()

    def _line_up(self, realm_id: str) -> asyncio.Future[None]:
        ahead = self._waiting.get(realm_id, deque())
        if sum(map(len, self._waiting.values())) >= self._queue or len(ahead) >= self._queue // 2:
            raise _busy(f"{len(ahead)} calls of this realm are waiting")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        ahead.append(turn)
        self._waiting[realm_id] = ahead
        return turn

    def _leave(self, realm_id: str, turn: asyncio.Future[None]) -> None:
        turns = self._waiting.get(realm_id, deque())
        if turn in turns:
            turns.remove(turn)
        if not turns:
            self._waiting.pop(realm_id, None)


def _busy(detail: str) -> Busy:
    return Busy(detail, retry_after_seconds=RETRY_AFTER_SECONDS)
