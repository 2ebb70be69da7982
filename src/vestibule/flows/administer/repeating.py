"""Changes that tools make at the same time, to different parts of one thing."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from vestibule.domain.errors import ConcurrentEdit

Thing = TypeVar("Thing")
Done = TypeVar("Done")

ATTEMPTS = 20


async def repeated(read: Callable[[], Awaitable[Thing]], change: Callable[[Thing], Awaitable[Done]]) -> Done:
    """Reads the thing and changes it, again where somebody else was faster.

    What a request does not name stays as the other one left it. A form does not do this: whoever filled
    it in has seen what it replaces. Raises `ConcurrentEdit` only after twenty attempts.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return await change(await read())
        except ConcurrentEdit:
            continue
    return await change(await read())
