"""The schema, its migrations and the queries, for SQLite and PostgreSQL."""
