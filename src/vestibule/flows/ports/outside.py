"""What lies outside of the store: time, randomness, password hashing, the network."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time, aware and in UTC, which never runs back (D30)."""

    def now(self) -> datetime:
        """The present moment."""
        ...


class Randomness(Protocol):
    """A source of unpredictable bytes; tests hand in a seeded one."""

    def __call__(self, count: int, /) -> bytes:
        """`count` random bytes."""
        ...


class PasswordHasher(Protocol):
    """Password hashing in a bounded pool; `Busy` where it is full."""

    async def hash(self, realm_id: str, password: str) -> str: ...
    async def verify(self, realm_id: str, encoded: str | None, password: str) -> bool:
        """Whether the password fits; with no hash it works as long and answers False (PW-01)."""
        ...

    def is_outdated(self, encoded: str) -> bool:
        """Whether the hash should be made anew with the present parameters."""
        ...


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """An answer from outside: header names in lower case, the body with its content coding undone."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Fetch(Protocol):
    """Guarded HTTP to other services. Redirects are not followed: a 3xx is an answer like any other.

    Raises `AddressNotAllowed`, `UpstreamUnreachable`, `UpstreamTimeout`, `UpstreamAnswerTooLarge`.
    """

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        limit_bytes: int = ...,
        limit_seconds: float = ...,
    ) -> FetchResponse: ...

    async def post_form(
        self,
        url: str,
        fields: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        limit_bytes: int = ...,
        limit_seconds: float = ...,
    ) -> FetchResponse:
        """Posts `fields` as application/x-www-form-urlencoded."""
        ...

    async def post(
        self,
        url: str,
        body: bytes,
        content_type: str,
        *,
        headers: Mapping[str, str] | None = None,
        limit_bytes: int = ...,
        limit_seconds: float = ...,
    ) -> FetchResponse:
        """Posts `body` as it is."""
        ...
