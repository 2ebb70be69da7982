"""Who a person is at the providers.

The column `dormant` counts, not the document: a removed connection changes the column of all its links.
A link of a connection that is not there is dormant, whoever stores it: the connection may have been
removed while somebody signed in through it (D4).
"""

from collections.abc import Sequence

from vestibule.domain.connection import Link
from vestibule.domain.listing import COUNTED
from vestibule.storage.document import Document, complete
from vestibule.storage.statement import Executor, Room, Row, Statement, Value

LINK = Document(Link)

LINK_BY_IDENTITY = Statement(
    "link",
    """SELECT dormant, document FROM links WHERE connection_id = :connection_id
    AND issuer = :issuer AND subject = :subject AND dormant = 0""",
)
DORMANT_LINK = Statement(
    "dormant_link",
    """SELECT dormant, document FROM links WHERE realm_id = :realm_id AND owner = :owner
    AND issuer = :issuer AND subject = :subject AND dormant = 1 ORDER BY id DESC LIMIT 1""",
)
LINKS_OF = Statement(
    "links_of",
    "SELECT dormant, document FROM links WHERE user_id = :user_id AND dormant = 0 ORDER BY id",
)
_DORMANT = """CASE WHEN EXISTS (SELECT 1 FROM connections WHERE id = :connection_id)
    THEN CAST(:dormant AS SMALLINT) ELSE 1 END"""
ADD_LINK = Statement(
    "add_link",
    f"""INSERT INTO links (id, realm_id, user_id, connection_id, owner, issuer, subject, dormant, document)
    VALUES (:id, :realm_id, :user_id, :connection_id, :owner, :issuer, :subject, {_DORMANT}, :document)""",  # noqa: S608 - names of ours
)
# Whose link it is, and to whom there, never changes (BR-09).
SAVE_LINK = Statement(
    "save_link",
    f"""UPDATE links SET connection_id = :connection_id, owner = :owner, dormant = {_DORMANT},
    document = :document WHERE id = :id AND realm_id = :realm_id AND user_id = :user_id
    AND issuer = :issuer AND subject = :subject""",  # noqa: S608 - names of ours
)
# What sleeps of the same person at the same issuer ends too: it would wake at the next sign-in.
REMOVE_LINK = Statement(
    "remove_link",
    """DELETE FROM links WHERE id IN (SELECT other.id FROM links AS ended
    JOIN links AS other ON other.user_id = ended.user_id AND other.owner = ended.owner
    AND other.issuer = ended.issuer AND other.subject = ended.subject
    WHERE ended.id = :id AND (other.id = ended.id OR other.dormant = 1)) RETURNING id""",
)
COUNT_LINKS = Statement(
    "count_links", "SELECT COUNT(*) FROM links WHERE connection_id = :connection_id AND dormant = 0"
)
COUNT_ONLY_BY = Statement(
    "count_only_by",
    """SELECT COUNT(*) FROM (SELECT 1 FROM links WHERE connection_id = :connection_id AND dormant = 0
    AND NOT EXISTS (SELECT 1 FROM passwords WHERE passwords.user_id = links.user_id)
    AND NOT EXISTS (SELECT 1 FROM passkeys WHERE passkeys.user_id = links.user_id)
    AND NOT EXISTS (SELECT 1 FROM links AS other JOIN connections ON connections.id = other.connection_id
    WHERE other.user_id = links.user_id AND other.dormant = 0 AND other.connection_id <> :connection_id
    AND connections.enabled = 1) LIMIT :most) AS few""",
)


class Links(Room):
    """The part of the port of the same name that tells of links."""

    __slots__ = ()

    async def link(self, connection_id: str, issuer: str, subject: str) -> Link | None:
        rows = await self._executor.run(
            LINK_BY_IDENTITY, connection_id=connection_id, issuer=issuer, subject=subject
        )
        return _link(rows[0]) if rows else None

    async def dormant_link(self, realm_id: str, owner: str, issuer: str, subject: str) -> Link | None:
        rows = await self._executor.run(
            DORMANT_LINK, realm_id=realm_id, owner=owner, issuer=issuer, subject=subject
        )
        return _link(rows[0]) if rows else None

    async def links_of(self, user_id: str) -> Sequence[Link]:
        return [_link(row) for row in await self._executor.run(LINKS_OF, user_id=user_id)]

    async def add_link(self, link: Link) -> None:
        await self._write_link(ADD_LINK, link)

    async def save_link(self, link: Link) -> None:
        await self._write_link(SAVE_LINK, link)

    async def remove_link(self, link_id: str) -> bool:
        return bool(await self._executor.run(REMOVE_LINK, id=link_id))

    async def count_links(self, connection_id: str) -> int:
        rows = await self._executor.run(COUNT_LINKS, connection_id=connection_id)
        return int(rows[0][0])

    async def count_only_by(self, connection_id: str) -> int:
        rows = await self._executor.run(COUNT_ONLY_BY, connection_id=connection_id, most=COUNTED + 1)
        return int(rows[0][0])

    async def _write_link(self, statement: Statement, link: Link) -> None:
        columns: dict[str, Value] = {
            "id": link.id,
            "realm_id": link.realm_id,
            "user_id": link.user_id,
            "connection_id": link.connection_id,
            "owner": link.owner,
            "issuer": link.issuer,
            "subject": link.subject,
            "dormant": int(link.dormant),
            "document": LINK.write(link),
        }

        # A transaction: PostgreSQL then notices a removal of the connection at the same time.
        async def work(executor: Executor) -> None:
            await executor.run(statement, **columns)

        await self._executor.atomically(work)


def _link(row: Row) -> Link:
    dormant, document = row
    return complete(LINK.read(document), dormant=bool(dormant))
