"""The schema, its migrations and the queries, for SQLite and PostgreSQL."""

from vestibule.storage.opening import open_storage as open_storage
from vestibule.storage.opening import upgrade as upgrade
