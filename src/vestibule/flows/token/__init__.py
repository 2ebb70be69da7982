"""The token endpoint and what else is done with tokens: introspection, revocation, userinfo."""
