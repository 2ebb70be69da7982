"""The contract of the storage on every engine, and what belongs to one of them."""
