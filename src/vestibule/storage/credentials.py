"""Passwords and passkeys."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from vestibule.domain.listing import COUNTED
from vestibule.domain.user import Passkey, Password
from vestibule.storage.document import Document, complete
from vestibule.storage.statement import Executor, Room, Row, Statement, micros, moment, moment_or_none

PASSKEY = Document(Passkey)

PASSWORD = Statement("password", "SELECT encoded, changed_at FROM passwords WHERE user_id = :user_id")
SET_PASSWORD = Statement(
    "set_password",
    """INSERT INTO passwords (user_id, encoded, changed_at) VALUES (:user_id, :encoded, :changed_at)
    ON CONFLICT (user_id) DO UPDATE SET encoded = excluded.encoded, changed_at = excluded.changed_at""",
)
PASSKEYS = Statement(
    "passkeys",
    """SELECT sign_count, backed_up, last_used_at, document FROM passkeys WHERE user_id = :user_id
    ORDER BY id""",
)
PASSKEY_BY_CREDENTIAL = Statement(
    "passkey",
    """SELECT sign_count, backed_up, last_used_at, document FROM passkeys
    WHERE realm_id = :realm_id AND credential_id = :credential_id""",
)
ADD_PASSKEY = Statement(
    "add_passkey",
    """INSERT INTO passkeys
    (id, realm_id, user_id, credential_id, sign_count, backed_up, last_used_at, document)
    VALUES (:id, :realm_id, :user_id, :credential_id, :sign_count, :backed_up, :last_used_at, :document)
    ON CONFLICT (realm_id, credential_id) DO NOTHING RETURNING id""",
)
USE_PASSKEY = Statement(
    "use_passkey",
    """UPDATE passkeys SET sign_count = :sign_count, backed_up = :backed_up, last_used_at = :now
    WHERE id = :id""",
)
COUNT_PASSWORD_ONLY = Statement(
    "count_password_only",
    """SELECT COUNT(*) FROM (SELECT 1 FROM users JOIN passwords ON passwords.user_id = users.id
    WHERE users.realm_id = :realm_id
    AND NOT EXISTS (SELECT 1 FROM passkeys WHERE passkeys.user_id = users.id) LIMIT :most) AS few""",
)
REMOVE_PASSWORD = Statement(
    "remove_password", "DELETE FROM passwords WHERE user_id = :user_id RETURNING user_id"
)
NAMED_PASSKEY = Statement(
    "named_passkey",
    """SELECT sign_count, backed_up, last_used_at, document FROM passkeys
    WHERE id = :id AND user_id = :user_id""",
)
RENAME_PASSKEY = Statement("rename_passkey", "UPDATE passkeys SET document = :document WHERE id = :id")
REMOVE_PASSKEY = Statement(
    "remove_passkey", "DELETE FROM passkeys WHERE id = :id AND user_id = :user_id RETURNING id"
)


class Credentials(Room):
    """What people prove themselves with."""

    __slots__ = ()

    async def password(self, user_id: str) -> Password | None:
        rows = await self._executor.run(PASSWORD, user_id=user_id)
        return Password(user_id, rows[0][0], moment(rows[0][1])) if rows else None

    async def count_password_only(self, realm_id: str) -> int:
        rows = await self._executor.run(COUNT_PASSWORD_ONLY, realm_id=realm_id, most=COUNTED + 1)
        return int(rows[0][0])

    async def set_password(self, password: Password) -> None:
        await self._executor.run(
            SET_PASSWORD,
            user_id=password.user_id,
            encoded=password.encoded,
            changed_at=micros(password.changed_at),
        )

    async def remove_password(self, user_id: str) -> bool:
        return bool(await self._executor.run(REMOVE_PASSWORD, user_id=user_id))

    async def passkeys(self, user_id: str) -> Sequence[Passkey]:
        return [_passkey(row) for row in await self._executor.run(PASSKEYS, user_id=user_id)]

    async def passkey(self, realm_id: str, credential_id: bytes) -> Passkey | None:
        rows = await self._executor.run(PASSKEY_BY_CREDENTIAL, realm_id=realm_id, credential_id=credential_id)
        return _passkey(rows[0]) if rows else None

    async def add_passkey(self, passkey: Passkey) -> bool:
        return bool(
            await self._executor.run(
                ADD_PASSKEY,
                id=passkey.id,
                realm_id=passkey.realm_id,
                user_id=passkey.user_id,
                credential_id=passkey.credential_id,
                sign_count=passkey.sign_count,
                backed_up=int(passkey.backed_up),
                last_used_at=micros(passkey.last_used_at) if passkey.last_used_at else None,
                document=PASSKEY.write(passkey),
            )
        )

    async def rename_passkey(self, user_id: str, passkey_id: str, name: str) -> bool:
        """The columns of its use stay as they are, whoever signs in with it meanwhile."""

        async def work(executor: Executor) -> bool:
            rows = await executor.run(NAMED_PASSKEY, id=passkey_id, user_id=user_id)
            if rows:
                renamed = PASSKEY.write(replace(_passkey(rows[0]), name=name))
                await executor.run(RENAME_PASSKEY, id=passkey_id, document=renamed)
            return bool(rows)

        return await self._executor.atomically(work)

    async def remove_passkey(self, user_id: str, passkey_id: str) -> bool:
        return bool(await self._executor.run(REMOVE_PASSKEY, id=passkey_id, user_id=user_id))

    async def use_passkey(self, passkey_id: str, sign_count: int, backed_up: bool, at: datetime) -> None:
        await self._executor.run(
            USE_PASSKEY, id=passkey_id, sign_count=sign_count, backed_up=int(backed_up), now=micros(at)
        )


def _passkey(row: Row) -> Passkey:
    sign_count, backed_up, last_used_at, document = row
    return complete(
        PASSKEY.read(document),
        sign_count=sign_count,
        backed_up=bool(backed_up),
        last_used_at=moment_or_none(last_used_at),
    )
