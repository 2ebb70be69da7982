"""Advanced Console > Identity Providers: connections, their mappers, secrets, tests and guides."""
