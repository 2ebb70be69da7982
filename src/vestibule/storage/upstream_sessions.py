"""The providers' sessions behind ours; each goes with its session."""

from collections.abc import Sequence

from vestibule.flows.ports import SignedIn, UpstreamSession
from vestibule.storage.sessions import signed_in
from vestibule.storage.statement import Room, Statement

ADD_UPSTREAM_SESSION = Statement(
    "add_upstream_session",
    """INSERT INTO upstream_sessions (session_id, connection_id, issuer, subject, sid, id_token)
    VALUES (:session_id, :connection_id, :issuer, :subject, :sid, :id_token)
    ON CONFLICT (session_id) DO UPDATE SET connection_id = excluded.connection_id,
    issuer = excluded.issuer, subject = excluded.subject, sid = excluded.sid,
    id_token = excluded.id_token""",
)
UPSTREAM_SESSION = Statement(
    "upstream_session",
    """SELECT session_id, connection_id, issuer, subject, sid, id_token FROM upstream_sessions
    WHERE session_id = :session_id""",
)


def _sessions(name: str, identity: str) -> Statement:
    return Statement(
        name,
        f"""SELECT last_seen_at, document, (SELECT document FROM users WHERE users.id = sessions.user_id)
        FROM sessions WHERE id IN (SELECT session_id FROM upstream_sessions
        WHERE connection_id = :connection_id AND issuer = :issuer AND {identity}) ORDER BY id""",  # noqa: S608
    )


SESSIONS_BY_SID = _sessions("sessions_of_upstream_sid", "sid = :sid")
SESSIONS_BY_SUBJECT = _sessions("sessions_of_upstream_subject", "subject = :subject")
SESSIONS_BY_BOTH = _sessions("sessions_of_upstream_both", "sid = :sid AND subject = :subject")


class UpstreamSessions(Room):
    """The part of the port `Links` that tells of sessions."""

    __slots__ = ()

    async def add_upstream_session(self, session: UpstreamSession) -> None:
        await self._executor.run(
            ADD_UPSTREAM_SESSION,
            session_id=session.session_id,
            connection_id=session.connection_id,
            issuer=session.issuer,
            subject=session.subject,
            sid=session.sid,
            id_token=session.id_token,
        )

    async def upstream_session(self, session_id: str) -> UpstreamSession | None:
        rows = await self._executor.run(UPSTREAM_SESSION, session_id=session_id)
        return UpstreamSession(*rows[0]) if rows else None

    async def sessions_of_upstream(
        self, connection_id: str, issuer: str, subject: str, sid: str
    ) -> Sequence[SignedIn]:
        """Nothing where neither is given: no session is anybody's."""
        identity = {"subject": subject} if subject else {}
        identity |= {"sid": sid} if sid else {}
        if not identity:
            return []
        statement = SESSIONS_BY_SUBJECT if not sid else SESSIONS_BY_BOTH if subject else SESSIONS_BY_SID
        rows = await self._executor.run(statement, connection_id=connection_id, issuer=issuer, **identity)
        return [signed_in(row) for row in rows]
