"""The first schema: realms, clients, people, sign-ins, grants, events.

`document` holds the whole value as JSON; the other columns are searched, joined or changed alone.
Moments are microseconds since 1970 in UTC.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Both engines compare and order text by its bytes.
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MICROS = sa.BigInteger


def upgrade() -> None:
    """Makes every table."""
    _settings()
    _people()
    _belongings()
    _sign_ins()
    _grants()
    _beside()


def _table(name: str, *columns: sa.schema.SchemaItem, with_rowid: bool = True) -> None:
    # A short row without a rowid lies in its primary key: one look-up less.
    op.create_table(name, *columns, sqlite_with_rowid=with_rowid)


def _text(name: str, *constraints: sa.schema.SchemaItem, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, TEXT, *constraints, nullable=nullable)


def _bytes(name: str, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=nullable)


def _micros(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, MICROS, nullable=nullable)


def _flag(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger, nullable=False)


def _of(table: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", ondelete="CASCADE")


def _settings() -> None:
    _table(
        "realms",
        _text("id"),
        _text("name"),
        _text("folded"),
        sa.Column("session_idle_seconds", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        _text("document"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("folded", name="realms_folded"),
    )
    op.create_index("realms_version", "realms", ["version"])
    _table("settings_version", sa.Column("version", sa.BigInteger, nullable=False))
    op.execute("INSERT INTO settings_version (version) VALUES (0)")
    _table(
        "clients",
        _text("id"),
        _text("realm_id", _of("realms")),
        _text("client_id"),
        _text("document"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("realm_id", "client_id", name="clients_client_id"),
    )
    _table(
        "signing_keys",
        _text("realm_id", _of("realms")),
        _text("kid"),
        _text("document"),
        sa.PrimaryKeyConstraint("realm_id", "kid"),
    )


def _people() -> None:
    _table(
        "users",
        _text("id"),
        _text("realm_id", _of("realms")),
        _text("document"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("realm_id", "id", name="users_of_realm"),
    )
    _table(
        "login_names",
        _text("realm_id"),
        _text("folded"),
        _text("user_id", _of("users")),
        _flag("active"),
        _flag("reserved"),
        sa.PrimaryKeyConstraint("realm_id", "folded"),
        with_rowid=False,
    )
    op.create_index("login_names_user", "login_names", ["user_id"])
    _table(
        "passwords",
        _text("user_id", _of("users")),
        _text("encoded"),
        _micros("changed_at"),
        sa.PrimaryKeyConstraint("user_id"),
        with_rowid=False,
    )
    _table(
        "passkeys",
        _text("id"),
        _text("realm_id"),
        _text("user_id", _of("users")),
        _bytes("credential_id"),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        _flag("backed_up"),
        _micros("last_used_at", nullable=True),
        _text("document"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("realm_id", "credential_id", name="passkeys_credential"),
    )
    op.create_index("passkeys_user", "passkeys", ["user_id"])
    _table(
        "browsers",
        _text("user_id", _of("users")),
        _bytes("digest"),
        _micros("used_at"),
        sa.PrimaryKeyConstraint("user_id", "digest"),
        with_rowid=False,
    )
    op.create_index("browsers_used", "browsers", ["used_at"])


def _belongings() -> None:
    _table(
        "roles",
        _text("id"),
        _text("realm_id", _of("realms")),
        _text("client_id"),
        _text("name"),
        _text("document"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("realm_id", "client_id", "name", name="roles_name"),
    )
    _table(
        "groups",
        _text("id"),
        _text("realm_id", _of("realms")),
        _text("path"),
        _text("document"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("realm_id", "path", name="groups_path"),
    )
    for name, first, second in (
        ("user_roles", "user", "role"),
        ("group_roles", "group", "role"),
        ("members", "user", "group"),
    ):
        _table(
            name,
            _text(f"{first}_id", _of(f"{first}s")),
            _text(f"{second}_id", _of(f"{second}s")),
            sa.PrimaryKeyConstraint(f"{first}_id", f"{second}_id"),
            with_rowid=False,
        )
        op.create_index(f"{name}_{second}", name, [f"{second}_id"])


def _sign_ins() -> None:
    _table(
        "logins",
        _bytes("digest"),
        _bytes("challenge", nullable=True),
        _bytes("taken_challenge", nullable=True),
        _micros("expires_at"),
        _text("document"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("logins_expires", "logins", ["expires_at"])
    _table(
        "sessions",
        _text("id"),
        _text("realm_id"),
        _text("user_id", _of("users")),
        _bytes("digest"),
        _micros("last_seen_at"),
        _micros("expires_at"),
        _text("document"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest", name="sessions_digest"),
    )
    op.create_index("sessions_user", "sessions", ["user_id"])
    op.create_index("sessions_expires", "sessions", ["expires_at"])


def _grants() -> None:
    # No foreign key to the session: a grant without its session is dead and remembers that it was.
    _table(
        "grants",
        _text("id"),
        _text("client_id"),
        _text("user_id", _of("users")),
        _text("session_id", nullable=True),
        _bytes("code_digest"),
        _micros("code_expires_at"),
        _micros("expires_at"),
        _micros("code_used_at", nullable=True),
        _bytes("family_digest", nullable=True),
        _bytes("refresh_digest", nullable=True),
        _micros("refreshed_at", nullable=True),
        _micros("revoked_at", nullable=True),
        _text("document"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("grants_user", "grants", ["user_id", "session_id"])
    op.create_index("grants_expires", "grants", ["expires_at"])
    _table(
        "consents",
        _text("user_id", _of("users")),
        _text("client_id"),
        _micros("given_at"),
        _text("document"),
        sa.PrimaryKeyConstraint("user_id", "client_id"),
    )
    _table(
        "used_keys",
        _text("purpose"),
        _bytes("key"),
        _micros("expires_at"),
        sa.PrimaryKeyConstraint("purpose", "key"),
        with_rowid=False,
    )
    op.create_index("used_keys_expires", "used_keys", ["expires_at"])


def _beside() -> None:
    _table(
        "events",
        _text("id"),
        _micros("at"),
        _text("realm_id", nullable=True),
        _text("reference"),
        _text("document"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("events_at", "events", ["at", "id"])
    op.create_index("events_realm", "events", ["realm_id", "at", "id"])
    has_reference = sa.text("reference <> ''")
    op.create_index(
        "events_reference",
        "events",
        ["reference", "at", "id"],
        sqlite_where=has_reference,
        postgresql_where=has_reference,
    )
    _table(
        "deliveries",
        _text("id"),
        _text("kind"),
        _text("realm_id"),
        _text("payload"),
        _micros("due_at"),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("deliveries_due", "deliveries", ["due_at"])
    _table(
        "counters",
        _text("key"),
        sa.Column("count", sa.BigInteger, nullable=False),
        _micros("ends_at"),
        sa.PrimaryKeyConstraint("key"),
        with_rowid=False,
    )
    op.create_index("counters_ends", "counters", ["ends_at"])
    _table(
        "deployment_values",
        _text("name"),
        _text("value"),
        sa.PrimaryKeyConstraint("name"),
        with_rowid=False,
    )
