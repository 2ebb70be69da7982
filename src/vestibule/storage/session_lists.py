"""Lists of sessions, newest first: of a realm, of a person, those that gave a client something."""

from dataclasses import dataclass

from vestibule.storage.statement import Statement

LOOKED_AT = 20_000
"""How many sessions are looked at for those of one client: grants have no index by client."""


@dataclass(frozen=True, slots=True)
class SessionList:
    """One page, and (how many there are, how many were looked at)."""

    page: Statement
    count: Statement


def _list(of_user: bool, of_client: bool) -> SessionList:
    name = "sessions" + "_of_user" * of_user + "_of_client" * of_client
    # Of a person's sessions the index by person is the short one.
    where = "user_id = :user_id AND (realm_id || '') = :realm_id" if of_user else "realm_id = :realm_id"
    if not of_client:
        page = f"SELECT {_COLUMNS} FROM sessions WHERE {where} ORDER BY id DESC LIMIT :most OFFSET :first"  # noqa: S608
        count = f"SELECT COUNT(*), 0 FROM sessions WHERE {where}"  # noqa: S608 - names of ours
        return SessionList(Statement(f"list_{name}", page), Statement(f"count_{name}", count))
    newest = f"SELECT id, user_id FROM sessions WHERE {where} ORDER BY id DESC LIMIT :looked"  # noqa: S608
    gave = """EXISTS (SELECT 1 FROM grants WHERE grants.user_id = newest.user_id
        AND grants.session_id = newest.id AND grants.client_id = :client_id)"""
    page = f"""SELECT {_COLUMNS} FROM sessions WHERE id IN (SELECT id FROM ({newest}) AS newest WHERE {gave})
        ORDER BY id DESC LIMIT :most OFFSET :first"""  # noqa: S608 - names of ours
    count = f"""SELECT SUM(CASE WHEN {gave} THEN 1 ELSE 0 END), COUNT(*) FROM ({newest}) AS newest"""  # noqa: S608
    return SessionList(Statement(f"list_{name}", page), Statement(f"count_{name}", count))


_COLUMNS = "last_seen_at, document, (SELECT document FROM users WHERE users.id = sessions.user_id)"

LISTS = {
    (of_user, of_client): _list(of_user, of_client)
    for of_user in (False, True)
    for of_client in (False, True)
}
