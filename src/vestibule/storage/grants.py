"""Grants with their tokens: one row from the authorization code to the last refresh token."""

from collections.abc import Sequence
from datetime import datetime

from vestibule.domain.grant import Grant
from vestibule.flows.ports import GrantInUse
from vestibule.storage.document import Document, complete
from vestibule.storage.sessions import read_session
from vestibule.storage.statement import Room, Statement, micros, moment, moment_or_none
from vestibule.storage.users import USER

GRANT = Document(Grant)

ADD_GRANT = Statement(
    "add_grant",
    """INSERT INTO grants (id, client_id, user_id, session_id, code_digest, code_expires_at, expires_at,
    code_used_at, family_digest, refresh_digest, refreshed_at, revoked_at, document)
    VALUES (:id, :client_id, :user_id, :session_id, :code_digest, :code_expires_at, :expires_at,
    :code_used_at, :family_digest, :refresh_digest, :refreshed_at, :revoked_at, :document)""",
)
GRANT_IN_USE = Statement(
    "grant_in_use",
    """SELECT code_used_at, family_digest, refresh_digest, refreshed_at, expires_at, revoked_at, document,
    (SELECT document FROM users WHERE users.id = grants.user_id),
    (SELECT last_seen_at FROM sessions WHERE sessions.id = grants.session_id),
    (SELECT document FROM sessions WHERE sessions.id = grants.session_id)
    FROM grants WHERE id = :id""",
)
TAKE_CODE = Statement(
    "take_code",
    """UPDATE grants SET code_used_at = :now, family_digest = :family_digest,
    refresh_digest = :refresh_digest WHERE id = :id AND code_digest = :code_digest
    AND client_id = :client_id AND code_used_at IS NULL AND revoked_at IS NULL
    AND code_expires_at > :now RETURNING id""",
)
ROTATE_REFRESH_TOKEN = Statement(
    "rotate_refresh_token",
    """UPDATE grants SET refresh_digest = :new_digest, refreshed_at = :now
    WHERE id = :id AND refresh_digest = :old_digest AND revoked_at IS NULL AND expires_at > :now
    RETURNING id""",
)
REVOKE_GRANT = Statement(
    "revoke_grant",
    "UPDATE grants SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL RETURNING id",
)
REVOKE_GRANTS_OF_USER = Statement(
    "revoke_grants_of_user",
    "UPDATE grants SET revoked_at = :now WHERE user_id = :user_id AND revoked_at IS NULL",
)
REVOKE_GRANTS_TO_CLIENT = Statement(
    "revoke_grants_to_client",
    """UPDATE grants SET revoked_at = :now
    WHERE user_id = :user_id AND client_id = :client_id AND revoked_at IS NULL""",
)
GRANTS_OF_USER = Statement(
    "grants_of_user",
    """SELECT client_id, document, (SELECT 1 FROM sessions WHERE sessions.id = grants.session_id)
    FROM grants WHERE user_id = :user_id AND revoked_at IS NULL AND code_used_at IS NOT NULL""",
)


class Grants(Room):
    """Grants and tokens as the port `Grants` tells; consents and single-use keys have a room of their own."""

    __slots__ = ()

    async def add_grant(self, grant: Grant) -> None:
        await self._executor.run(
            ADD_GRANT,
            id=grant.id,
            client_id=grant.client_id,
            user_id=grant.user_id,
            session_id=grant.session_id,
            code_digest=grant.code_digest,
            code_expires_at=micros(grant.code_expires_at),
            expires_at=micros(grant.expires_at),
            code_used_at=_micros_or_none(grant.code_used_at),
            family_digest=grant.family_digest,
            refresh_digest=grant.refresh_digest,
            refreshed_at=_micros_or_none(grant.refreshed_at),
            revoked_at=_micros_or_none(grant.revoked_at),
            document=GRANT.write(grant),
        )

    async def grant_in_use(self, grant_id: str) -> GrantInUse | None:
        rows = await self._executor.run(GRANT_IN_USE, id=grant_id)
        if not rows:
            return None
        (
            code_used_at, family_digest, refresh_digest, refreshed_at,
            expires_at, revoked_at, document, user, last_seen_at, session,
        ) = rows[0]  # fmt: skip
        grant = complete(
            GRANT.read(document),
            code_used_at=moment_or_none(code_used_at),
            family_digest=family_digest,
            refresh_digest=refresh_digest,
            refreshed_at=moment_or_none(refreshed_at),
            expires_at=moment(expires_at),
            revoked_at=moment_or_none(revoked_at),
        )
        in_session = read_session(last_seen_at, session) if session is not None else None
        return GrantInUse(grant, USER.read(user), in_session)

    async def take_code(
        self, grant_id: str, code_digest: bytes, client: str, at: datetime,
        family_digest: bytes | None, refresh_digest: bytes | None,
    ) -> bool:  # fmt: skip
        return bool(
            await self._executor.run(
                TAKE_CODE,
                id=grant_id,
                code_digest=code_digest,
                client_id=client,
                now=micros(at),
                family_digest=family_digest,
                refresh_digest=refresh_digest,
            )
        )

    async def rotate_refresh_token(
        self, grant_id: str, old_digest: bytes, new_digest: bytes, at: datetime
    ) -> bool:
        return bool(
            await self._executor.run(
                ROTATE_REFRESH_TOKEN,
                id=grant_id,
                old_digest=old_digest,
                new_digest=new_digest,
                now=micros(at),
            )
        )

    async def revoke_grant(self, grant_id: str, at: datetime) -> bool:
        return bool(await self._executor.run(REVOKE_GRANT, id=grant_id, now=micros(at)))

    async def revoke_grants_of_user(self, user_id: str, client: str | None, at: datetime) -> None:
        if client is None:
            await self._executor.run(REVOKE_GRANTS_OF_USER, user_id=user_id, now=micros(at))
        else:
            await self._executor.run(
                REVOKE_GRANTS_TO_CLIENT, user_id=user_id, client_id=client, now=micros(at)
            )

    async def clients_of_user(self, user_id: str) -> Sequence[str]:
        """A grant lives as long as its session; an offline one by itself."""
        rows = await self._executor.run(GRANTS_OF_USER, user_id=user_id)
        return sorted(
            {client for client, document, in_session in rows if in_session or GRANT.read(document).offline}
        )


def _micros_or_none(at: datetime | None) -> int | None:
    return None if at is None else micros(at)
