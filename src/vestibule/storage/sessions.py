"""Sessions, and the browsers that people are known by."""

from collections.abc import Sequence
from datetime import datetime

from vestibule.domain.client import Client
from vestibule.domain.listing import Found
from vestibule.domain.session import Session
from vestibule.flows.ports import SignedIn
from vestibule.storage.clients import CLIENT
from vestibule.storage.document import Document, complete
from vestibule.storage.session_lists import LISTS, LOOKED_AT
from vestibule.storage.statement import Room, Row, Statement, Value, micros, moment
from vestibule.storage.users import USER

SESSION = Document(Session)

# A session that nobody uses is swept when it has been idle for as long as its realm allowed.
ADD_SESSION = Statement(
    "add_session",
    """INSERT INTO sessions (id, realm_id, user_id, digest, last_seen_at, expires_at, document)
    VALUES (:id, :realm_id, :user_id, :digest, :now,
    :now + 1000000 * (SELECT session_idle_seconds FROM realms WHERE id = :realm_id), :document)""",
)
# Here and in `grant_in_use` SQLite answers a subselect in a third of the time of a join.
SESSION_BY_DIGEST = Statement(
    "session_by_digest",
    """SELECT last_seen_at, document, (SELECT document FROM users WHERE users.id = sessions.user_id)
    FROM sessions WHERE digest = :digest AND realm_id = :realm_id""",
)
TOUCH_SESSION = Statement(
    "touch_session",
    """UPDATE sessions SET last_seen_at = :now, expires_at = :now + 1000000 *
    (SELECT session_idle_seconds FROM realms WHERE realms.id = sessions.realm_id)
    WHERE id = :id AND last_seen_at < :now""",
)
END_SESSION = Statement("end_session", "DELETE FROM sessions WHERE id = :id RETURNING id")
SESSIONS_OF = Statement(
    "sessions_of", "SELECT last_seen_at, document FROM sessions WHERE user_id = :user_id ORDER BY id"
)
SESSION_BY_ID = Statement(
    "session",
    """SELECT last_seen_at, document, (SELECT document FROM users WHERE users.id = sessions.user_id)
    FROM sessions WHERE id = :id""",
)
CLIENTS_OF_SESSION = Statement(
    "clients_of_session",
    """SELECT document FROM clients WHERE id IN
    (SELECT client_id FROM grants WHERE session_id = :session_id
    AND user_id = (SELECT user_id FROM sessions WHERE id = :session_id)) ORDER BY client_id""",
)
REMEMBER_BROWSER = Statement(
    "remember_browser",
    """INSERT INTO browsers (user_id, digest, used_at) VALUES (:user_id, :digest, :now)
    ON CONFLICT (user_id, digest) DO UPDATE SET used_at = excluded.used_at""",
)
IS_KNOWN_BROWSER = Statement(
    "is_known_browser", "SELECT 1 FROM browsers WHERE user_id = :user_id AND digest = :digest"
)


class Sessions(Room):
    """The port of the same name. A grant whose session is gone is dead: `grant_in_use` looks."""

    __slots__ = ()

    async def add_session(self, session: Session) -> None:
        await self._executor.run(
            ADD_SESSION,
            id=session.id,
            realm_id=session.realm_id,
            user_id=session.user_id,
            digest=session.digest,
            now=micros(session.last_seen_at),
            document=SESSION.write(session),
        )

    async def session_by_digest(self, realm_id: str, digest: bytes) -> SignedIn | None:
        rows = await self._executor.run(SESSION_BY_DIGEST, realm_id=realm_id, digest=digest)
        return signed_in(rows[0]) if rows else None

    async def session(self, session_id: str) -> SignedIn | None:
        rows = await self._executor.run(SESSION_BY_ID, id=session_id)
        return signed_in(rows[0]) if rows else None

    async def list_sessions(
        self, realm_id: str, user_id: str = "", client: str = "", first: int = 0, most: int = 25
    ) -> Found[SignedIn]:
        """With `client`, the newest `LOOKED_AT` sessions are looked at."""
        lists = LISTS[bool(user_id), bool(client)]
        parameters: dict[str, Value] = {"realm_id": realm_id}
        parameters |= {"user_id": user_id} if user_id else {}
        parameters |= {"client_id": client, "looked": LOOKED_AT} if client else {}
        rows = await self._executor.run(lists.page, most=most, first=first, **parameters)
        total, looked = (await self._executor.run(lists.count, **parameters))[0]
        return Found(tuple(map(signed_in, rows)), total or 0, looked < LOOKED_AT)

    async def touch_session(self, session_id: str, at: datetime) -> None:
        await self._executor.run(TOUCH_SESSION, id=session_id, now=micros(at))

    async def end_session(self, session_id: str) -> bool:
        return bool(await self._executor.run(END_SESSION, id=session_id))

    async def sessions_of(self, user_id: str) -> Sequence[Session]:
        rows = await self._executor.run(SESSIONS_OF, user_id=user_id)
        return [read_session(last_seen_at, document) for last_seen_at, document in rows]

    async def clients_of_session(self, session_id: str) -> Sequence[Client]:
        rows = await self._executor.run(CLIENTS_OF_SESSION, session_id=session_id)
        return [CLIENT.read(document) for (document,) in rows]

    async def remember_browser(self, user_id: str, browser_digest: bytes, at: datetime) -> None:
        await self._executor.run(REMEMBER_BROWSER, user_id=user_id, digest=browser_digest, now=micros(at))

    async def is_known_browser(self, user_id: str, browser_digest: bytes) -> bool:
        return bool(await self._executor.run(IS_KNOWN_BROWSER, user_id=user_id, digest=browser_digest))


def signed_in(row: Row) -> SignedIn:
    """The session and its person of a row."""
    last_seen_at, session, user = row
    return SignedIn(read_session(last_seen_at, session), USER.read(user))


def read_session(last_seen_at: int, document: str) -> Session:
    """The session of a row."""
    return complete(SESSION.read(document), last_seen_at=moment(last_seen_at))
