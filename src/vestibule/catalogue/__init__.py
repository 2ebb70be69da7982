"""Applications and identity providers described as data."""
