"""Attempts to sign in. The challenge has a column of its own, since it is taken apart from the rest."""

from dataclasses import replace

from vestibule.domain.login import Login
from vestibule.storage.document import Document, complete
from vestibule.storage.statement import Room, Row, Statement, Value, micros

LOGIN = Document(Login)

ADD_LOGIN = Statement(
    "add_login",
    """INSERT INTO logins (digest, challenge, expires_at, document)
    VALUES (:digest, :challenge, :expires_at, :document)""",
)
LOGIN_BY_DIGEST = Statement("login", "SELECT challenge, document FROM logins WHERE digest = :digest")
SAVE_LOGIN = Statement(
    "save_login",
    """UPDATE logins SET expires_at = :expires_at, document = :document
    WHERE digest = :digest RETURNING digest""",
)
KEEP_CHALLENGE = Statement(
    "keep_challenge", "UPDATE logins SET challenge = :challenge WHERE digest = :digest RETURNING digest"
)
TAKE_LOGIN = Statement(
    "take_login", "DELETE FROM logins WHERE digest = :digest RETURNING challenge, document"
)
# RETURNING shows the row as it has become, so that the value moves to a column beside it.
TAKE_CHALLENGE = Statement(
    "take_challenge",
    """UPDATE logins SET taken_challenge = challenge, challenge = NULL
    WHERE digest = :digest AND challenge IS NOT NULL RETURNING taken_challenge""",
)


class Logins(Room):
    """The port of the same name."""

    __slots__ = ()

    async def add_login(self, login: Login) -> None:
        await self._write(ADD_LOGIN, login, challenge=login.challenge)

    async def login(self, digest: bytes) -> Login | None:
        return _login(await self._executor.run(LOGIN_BY_DIGEST, digest=digest))

    async def save_login(self, login: Login) -> bool:
        return bool(await self._write(SAVE_LOGIN, login))

    async def take_login(self, digest: bytes) -> Login | None:
        return _login(await self._executor.run(TAKE_LOGIN, digest=digest))

    async def keep_challenge(self, digest: bytes, challenge: bytes) -> bool:
        return bool(await self._executor.run(KEEP_CHALLENGE, digest=digest, challenge=challenge))

    async def take_challenge(self, digest: bytes) -> bytes | None:
        rows = await self._executor.run(TAKE_CHALLENGE, digest=digest)
        return rows[0][0] if rows else None

    async def _write(self, statement: Statement, login: Login, **columns: Value) -> list[Row]:
        document = LOGIN.write(login if login.challenge is None else replace(login, challenge=None))
        return await self._executor.run(
            statement,
            digest=login.digest,
            expires_at=micros(login.expires_at),
            document=document,
            **columns,
        )


def _login(rows: list[Row]) -> Login | None:
    if not rows:
        return None
    challenge, document = rows[0]
    return complete(LOGIN.read(document), challenge=challenge)
