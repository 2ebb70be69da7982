"""Advanced Console > Client scopes, and the mappers of scopes and of single clients."""
