"""Connections to other identity providers, who is linked through them, and what ends on a date.

Roles and memberships that are there already were given by people: their giver is blank.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Adds tables and two columns; changes no row."""
    _connections()
    _links()
    _upstream_sessions()
    _expiries()
    for table in ("user_roles", "members"):
        op.add_column(table, _text("giver", default=""))


def _text(name: str, *constraints: sa.schema.SchemaItem, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, TEXT, *constraints, nullable=False, server_default=default)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _flag(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger, nullable=False)


def _of(table: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", ondelete="CASCADE")


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _connections() -> None:
    op.create_table(
        "connections",
        _text("id"),
        _text("realm_id", _of("realms")),
        _text("alias"),
        _text("folded"),
        _text("surface"),
        _text("owner"),
        _text("kind"),
        _flag("enabled"),
        _number("position"),
        _text("document"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("realm_id", "folded", name="connections_alias"),
    )
    op.create_index("connections_position", "connections", ["realm_id", "position", "alias"])
    op.create_table(
        "connection_states",
        _text("connection_id", _of("connections")),
        _text("document"),
        sa.PrimaryKeyConstraint("connection_id"),
    )
    # No foreign key to the connection: a draft is tested before it is one.
    op.create_table(
        "connection_tests",
        _text("id"),
        _text("realm_id", _of("realms")),
        _text("connection_id"),
        _number("at"),
        _flag("passed"),
        _text("actor_id"),
        _text("document"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("connection_tests_realm", "connection_tests", ["realm_id", "at", "id"])
    op.create_index("connection_tests_connection", "connection_tests", ["connection_id", "at", "id"])


def _links() -> None:
    """No foreign key to the connection: its links outlive it, dormant."""
    op.create_table(
        "links",
        _text("id"),
        _text("realm_id"),
        _text("user_id", _of("users")),
        _text("connection_id"),
        _text("owner"),
        _text("issuer"),
        _text("subject"),
        _flag("dormant"),
        _text("document"),
        sa.PrimaryKeyConstraint("id"),
    )
    lives, waits = "dormant = 0", "dormant = 1"
    _partial("links_identity", "links", ["connection_id", "issuer", "subject"], lives, unique=True)
    _partial("links_person", "links", ["connection_id", "user_id"], lives, unique=True)
    _partial("links_dormant", "links", ["realm_id", "owner", "issuer", "subject", "id"], waits)
    op.create_index("links_user", "links", ["user_id", "id"])


def _upstream_sessions() -> None:
    op.create_table(
        "upstream_sessions",
        _text("session_id", _of("sessions")),
        _text("connection_id"),
        _text("issuer"),
        _text("subject"),
        _text("sid"),
        _text("id_token"),
        sa.PrimaryKeyConstraint("session_id"),
    )
    op.create_index("upstream_sessions_sid", "upstream_sessions", ["connection_id", "sid"])
    op.create_index("upstream_sessions_subject", "upstream_sessions", ["connection_id", "subject"])


def _expiries() -> None:
    op.create_table(
        "expiries",
        _text("realm_id", _of("realms")),
        _text("kind"),
        _text("object_id"),
        _text("owner"),
        _text("expires_on"),
        _number("due_at", nullable=True),
        _text("document"),
        sa.PrimaryKeyConstraint("realm_id", "kind", "object_id"),
    )
    op.create_index("expiries_owner", "expiries", ["realm_id", "owner", "kind"])
    op.create_index("expiries_realm", "expiries", ["realm_id", "expires_on", "kind", "object_id"])
    op.create_index("expiries_date", "expiries", ["expires_on", "realm_id", "kind", "object_id"])
    _partial("expiries_due", "expiries", ["due_at"], "due_at IS NOT NULL")
