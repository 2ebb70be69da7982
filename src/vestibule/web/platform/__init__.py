"""The platform's pages: every tenant, and making one."""
