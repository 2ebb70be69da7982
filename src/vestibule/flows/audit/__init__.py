"""The audit: what it may say, how its events are chained, and whether the chain still holds."""
