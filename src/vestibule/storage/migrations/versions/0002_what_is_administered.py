"""What the console lists, searches and changes: sorted columns, words, client scopes, the audit's chain.

Rows that are there get their new columns, every realm its built-in roles and clients. What a migration
writes stays as it was written here, whatever the program does later.
"""

import json
import re
import secrets
import time
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
BATCH = 1000

ADMIN_TYPES = ("REALM_IMPORTED", "KEY_ROTATED")
PLATFORM_ROLES = {
    "platform-admin": "Administers the whole deployment.",
    "platform-support": "Reads every realm, ends sessions, sends recovery links.",
    "platform-billing": "Sees the list of realms and their counts.",
}
REALM_ROLES = {"realm-admin": "Administers this realm."}
BUILT_IN_CLIENTS = (
    (
        "account",
        "Account",
        "The pages on which people manage their own account.",
        "/realms/{name}/account",
    ),
    ("console", "Console", "The pages on which this realm is administered.", "/console/{name}"),
)

Values = dict[str, Any]


def upgrade() -> None:
    """Changes tables first, then fills them, then makes the indexes."""
    _new_tables()
    _new_columns()
    _login_names_without_person()
    _events()
    _fill("realms", "SELECT id, document FROM realms", _realm_row)
    _add_built_in()
    _fill("users", "SELECT id, document FROM users", _user_row)
    _fill("clients", "SELECT id, document FROM clients", _client_row)
    _fill("roles", "SELECT id, document FROM roles", _role_row)
    _fill("groups", "SELECT id, document FROM groups", _group_row)
    _indexes()


def _text(name: str, *constraints: sa.schema.SchemaItem, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, TEXT, *constraints, nullable=False, server_default=default)


def _number(name: str, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=default)


def _of_realm() -> sa.ForeignKey:
    return sa.ForeignKey("realms.id", ondelete="CASCADE")


def _new_tables() -> None:
    op.create_table(
        "search_words",
        _text("realm_id"),
        _text("kind"),
        _text("word"),
        _text("object_id"),
        sa.PrimaryKeyConstraint("realm_id", "kind", "word", "object_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("search_words_object", "search_words", ["object_id", "word"])
    op.create_table(
        "client_scopes",
        _text("id"),
        _text("realm_id", _of_realm()),
        _text("name"),
        _text("document"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("realm_id", "name", name="client_scopes_name"),
    )
    op.create_table(
        "removed_realms", _text("realm_id"), _number("version"), sa.PrimaryKeyConstraint("realm_id")
    )
    op.create_index("removed_realms_version", "removed_realms", ["version"])
    op.create_table(
        "kept",
        _text("purpose"),
        sa.Column("key", sa.LargeBinary, nullable=False),
        _text("document"),
        _number("expires_at"),
        sa.PrimaryKeyConstraint("purpose", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("kept_expires", "kept", ["expires_at"])
    op.create_table(
        "seals",
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        _number("at"),
        _number("count"),
        _text("digest"),
        sa.PrimaryKeyConstraint("number"),
    )


def _new_columns() -> None:
    for table, columns in {
        "users": (
            _text("username", default=""),
            _text("email", default=""),
            _text("name", default=""),
            _number("created_at", default="0"),
            sa.Column("enabled", sa.SmallInteger, nullable=False, server_default="1"),
            sa.Column("service_of", TEXT, nullable=True),
        ),
        "clients": (_text("name", default=""),),
        "groups": (_text("parent", default=""),),
    }.items():
        for column in columns:
            op.add_column(table, column)


def _login_names_without_person() -> None:
    """A user name stays reserved when its person is gone, so that it cannot point to a row of `users`."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("login_names_user_id_fkey", "login_names")
        return
    op.drop_index("login_names_user", "login_names")
    op.rename_table("login_names", "former_login_names")
    op.create_table(
        "login_names",
        _text("realm_id"),
        _text("folded"),
        _text("user_id"),
        sa.Column("active", sa.SmallInteger, nullable=False),
        sa.Column("reserved", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("realm_id", "folded"),
        sqlite_with_rowid=False,
    )
    op.execute(
        """INSERT INTO login_names (realm_id, folded, user_id, active, reserved)
        SELECT realm_id, folded, user_id, active, reserved FROM former_login_names"""
    )
    op.drop_table("former_login_names")
    op.create_index("login_names_user", "login_names", ["user_id"])


def _events() -> None:
    """A new table: SQLite reads the columns before the document without the document."""
    for index in ("events_at", "events_realm", "events_reference"):
        op.drop_index(index, "events")
    op.rename_table("events", "former_events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX events_pkey RENAME TO former_events_pkey")
    op.create_table(
        "events",
        _text("id"),
        _number("at"),
        sa.Column("realm_id", TEXT, nullable=True),
        _text("reference"),
        _text("type"),
        sa.Column("user_id", TEXT, nullable=True),
        sa.Column("client_id", TEXT, nullable=True),
        _text("actor_id"),
        _text("resource"),
        _text("path"),
        _text("address"),
        sa.Column("is_admin", sa.SmallInteger, nullable=False),
        sa.Column("seal", sa.BigInteger, nullable=True),
        _text("document"),
        sa.PrimaryKeyConstraint("id"),
    )
    insert = sa.text(
        """INSERT INTO events (id, at, realm_id, reference, type, user_id, client_id, actor_id, resource,
        path, address, is_admin, document) VALUES (:id, :at, :realm_id, :reference, :type, :user_id,
        :client_id, '', '', '', :address, :is_admin, :document)"""
    )
    for rows in _batches("SELECT id, at, realm_id, reference, document FROM former_events"):
        op.get_bind().execute(insert, [_event_row(row) for row in rows])
    op.drop_table("former_events")


def _event_row(row: Values) -> Values:
    event = json.loads(row["document"])
    return row | {
        "type": event["type"],
        "user_id": event.get("user_id"),
        "client_id": event.get("client_id"),
        "address": event.get("address", ""),
        "is_admin": int(event["type"] in ADMIN_TYPES),
    }


def _indexes() -> None:
    op.create_index("users_username", "users", ["realm_id", "username", "enabled", "service_of"])
    for name, columns in {
        "email": ["email", "id"],
        "name": ["name", "id"],
        "created": ["created_at", "id"],
    }.items():
        _partial(f"users_{name}", "users", ["realm_id", *columns, "enabled"], "service_of IS NULL")
    _partial("users_service", "users", ["service_of"], "service_of IS NOT NULL", unique=True)
    op.create_index("clients_name", "clients", ["realm_id", "name", "id"])
    op.create_index("groups_parent", "groups", ["realm_id", "parent", "path"])
    op.create_index("sessions_realm", "sessions", ["realm_id", "id"])
    op.drop_index("sessions_user", "sessions")
    op.create_index("sessions_user", "sessions", ["user_id", "id"])
    op.create_index("events_at", "events", ["at", "id"])
    op.create_index("events_realm", "events", ["realm_id", "at", "id"])
    _partial("events_reference", "events", ["reference", "at", "id"], "reference <> ''")
    _partial("events_user", "events", ["user_id", "at", "id"], "user_id IS NOT NULL")
    _partial("events_admin", "events", ["realm_id", "at", "id"], "is_admin = 1")
    _partial("events_path", "events", ["realm_id", "path", "at", "id"], "path <> ''")
    _partial("events_unsealed", "events", ["at", "id"], "seal IS NULL")
    _partial("events_seal", "events", ["seal", "id"], "seal IS NOT NULL")


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _batches(select: str) -> Iterator[list[Values]]:
    """The rows of the query by id, some at a time; rows written meanwhile do not disturb it."""
    after = ""
    while True:
        page = sa.text(f"SELECT * FROM ({select}) AS everything WHERE id > :after ORDER BY id LIMIT {BATCH}")  # noqa: S608
        rows = [dict(row) for row in op.get_bind().execute(page, {"after": after}).mappings()]
        if not rows:
            return
        yield rows
        after = rows[-1]["id"]


def _fill(table: str, select: str, describe: Callable[[Values], tuple[str, str, set[str], Values]]) -> None:
    """Writes the columns and the words that `describe` tells of a document."""
    add = sa.text(
        "INSERT INTO search_words (realm_id, kind, word, object_id) VALUES (:realm_id, :kind, :word, :id)"
    )
    for rows in _batches(select):
        words, columns = [], []
        for row in rows:
            realm_id, kind, found, changes = describe(json.loads(row["document"]))
            words += [
                {"realm_id": realm_id, "kind": kind, "word": word[:64], "id": row["id"]}
                for word in {word[:64] for word in found}
            ]
            columns.append(changes | {"id": row["id"]})
        if words:
            op.get_bind().execute(add, words)
        names = [name for name in columns[0] if name != "id"]
        if names:
            settings = ", ".join(f"{name} = :{name}" for name in names)
            op.get_bind().execute(sa.text(f"UPDATE {table} SET {settings} WHERE id = :id"), columns)  # noqa: S608


def _realm_row(realm: Values) -> tuple[str, str, set[str], Values]:
    return "", "realm", _each(realm["name"], realm.get("display_name", "")), {}


def _client_row(client: Values) -> tuple[str, str, set[str], Values]:
    name = client.get("name", "")
    found = _each(client["client_id"], name)
    return client["realm_id"], "client", found, {"name": _fold(name or client["client_id"])[:200]}


def _role_row(role: Values) -> tuple[str, str, set[str], Values]:
    client = role.get("client_id")
    return role["realm_id"], f"role {client}" if client else "role", _each(role["name"]), {}


def _group_row(group: Values) -> tuple[str, str, set[str], Values]:
    path = group["path"]
    return group["realm_id"], "group", _each(*path.split("/")), {"parent": path.rpartition("/")[0]}


def _user_row(user: Values) -> tuple[str, str, set[str], Values]:
    email, service_of = user.get("email") or "", user.get("service_of")
    given, family = user.get("given_name", ""), user.get("family_name", "")
    found = _whole(user["username"], email, email.partition("@")[0]) | _each(given, family)
    columns = {
        "username": _fold(user["username"]),
        "email": _fold(email),
        "name": _fold(f"{given} {family}".strip() or user["username"])[:200],
        "created_at": _micros(user.get("created_at")),
        "enabled": int(user.get("enabled", True)),
        "service_of": service_of,
    }
    return user["realm_id"], "user", set() if service_of else found, columns


def _add_built_in() -> None:
    for rows in _batches("SELECT id, name FROM realms"):
        for realm in rows:
            for role in _built_in_roles(realm):
                _add("roles", role, {"client_id": "", "name": role["name"]})
            for client in _built_in_clients(realm):
                _add("clients", client, {"client_id": client["client_id"]})


def _built_in_roles(realm: Values) -> list[Values]:
    described = PLATFORM_ROLES if realm["name"] == "master" else REALM_ROLES
    return [
        {"id": _new_id(), "realm_id": realm["id"], "name": name, "description": sentence}
        for name, sentence in described.items()
    ]


def _built_in_clients(realm: Values) -> list[Values]:
    return [
        {
            "id": _new_id(),
            "realm_id": realm["id"],
            "client_id": client_id,
            "name": name,
            "description": sentence,
            "public": True,
            "refresh_tokens": False,
            "home_url": (home := path.format(name=realm["name"])),
            "redirect_uris": [f"{home}/callback"],
            "scopes": ["openid", "profile", "email"],
            "built_in": True,
        }
        for client_id, name, sentence, path in BUILT_IN_CLIENTS
    ]


def _add(table: str, document: Values, columns: Values) -> None:
    """Stores the document unless the realm has one of that name."""
    written = columns | {
        "id": document["id"],
        "realm_id": document["realm_id"],
        "document": json.dumps(document),
    }
    names, places = ", ".join(written), ", ".join(f":{name}" for name in written)
    op.get_bind().execute(
        sa.text(f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING"),  # noqa: S608
        written,
    )


def _new_id() -> str:
    """A UUID version 7 as text."""
    millis, tail = time.time_ns() // 1_000_000, secrets.randbits(74)
    number = millis << 80 | 0x7 << 76 | (tail >> 62) << 64 | 0b10 << 62 | tail & (1 << 62) - 1
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _micros(text: str | None) -> int:
    """Microseconds since 1970 of a moment as documents have it."""
    if text is None:
        return 0
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return (datetime.fromisoformat(text) - epoch) // timedelta(microseconds=1)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.strip()).casefold())


def _whole(*texts: str) -> set[str]:
    return {word for text in texts for word in _fold(text).split()}


def _each(*texts: str) -> set[str]:
    return _whole(*texts) | {word for text in texts for word in re.findall(r"\w+", _fold(text))}
