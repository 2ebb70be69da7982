"""Password hashing in a bounded pool that is fair between realms, and the policy for new passwords.

One hash is 40 ms of CPU and 19 MiB, which makes a flood of sign-ins the cheapest attack (PW-06).
"""

import asyncio
import secrets
import threading
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from vestibule.crypto import password_hashes
from vestibule.crypto.turns import Turns
from vestibule.domain.errors import BadInput, PasswordRefused
from vestibule.domain.user import fold

MIN_CHARACTERS = 12
MAX_BYTES = 1024

T = TypeVar("T")


class PasswordPool:
    """Hashes and checks passwords in `slots` threads; beyond `queue` waiting calls, `Busy` at once.

    A caller that goes away leaves its slot taken until the hash is done, since a thread cannot be
    stopped: hanging up wins an attacker nothing.
    """

    def __init__(
        self, slots: int = 2, queue: int = 32, random: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self.hash_cpu_seconds = 0.0
        """CPU time spent on hashes so far, measured inside their threads."""
        self._turns = Turns(slots, queue)
        self._random = random
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="password")
        self._running: set[asyncio.Future[Any]] = set()
        self._lock = threading.Lock()

    async def hash(self, realm_id: str, password: str) -> str:
        """The encoded argon2id hash of a new password."""
        raw = _password_bytes(password)
        salt = self._random(password_hashes.SALT_BYTES)
        return await self._run(realm_id, partial(password_hashes.write_password_hash, raw, salt))

    async def verify(self, realm_id: str, encoded: str | None, password: str) -> bool:
        """Whether the password fits; with no hash it works as long and answers False (PW-01)."""
        raw = _password_bytes(password)
        return await self._run(realm_id, partial(password_hashes.is_password, encoded, raw))

    def is_outdated(self, encoded: str) -> bool:
        """Whether the hash should be made anew with the present parameters."""
        return password_hashes.is_outdated(encoded)

    async def close(self) -> None:
        """Turns away the calls that wait and returns when the running ones are done."""
        self._turns.close()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._threads.shutdown()

    async def _run(self, realm_id: str, work: Callable[[], T]) -> T:
        await self._turns.take(realm_id)
        running = asyncio.get_running_loop().run_in_executor(self._threads, self._measure, work)
        self._running.add(running)
        running.add_done_callback(self._end)
        return await asyncio.shield(running)

    def _end(self, done: asyncio.Future[Any]) -> None:
        self._running.discard(done)
        self._turns.give()

    def _measure(self, work: Callable[[], T]) -> T:
        began = time.thread_time()
        try:
            return work()
        finally:
            spent = time.thread_time() - began
            with self._lock:
                self.hash_cpu_seconds += spent


def check_new_password(password: str, username: str = "", email: str | None = None) -> None:
    """The policy for a password that somebody chooses (NIST SP 800-63B-4 section 3.1.1.2).

    Length counts, kinds of characters do not. Raises `PasswordRefused`; `detail` says which rule.
    """
    try:
        text = _password_bytes(password).decode()
    except BadInput as error:
        raise PasswordRefused(error.detail) from error
    if len(text) < MIN_CHARACTERS:
        raise PasswordRefused(f"shorter than {MIN_CHARACTERS} characters")
    if len(set(text)) == 1:
        raise PasswordRefused("one character repeated")
    if fold(text) in {fold(username), fold(email or "")}:
        raise PasswordRefused("equal to the user name or the email address")


def _password_bytes(password: str) -> bytes:
    """What is hashed: the text in one Unicode form, so that every keyboard types the same password.

    Raises `BadInput` before any work for a text that is too long (PW-06) or holds a lone surrogate.
    """
    try:
        if len(password) > MAX_BYTES or len(password.encode()) > MAX_BYTES:
            raise BadInput(f"a password has at most {MAX_BYTES} bytes")
        return unicodedata.normalize("NFC", password).encode()
    except UnicodeEncodeError as error:
        raise BadInput("the password holds a lone surrogate") from error
