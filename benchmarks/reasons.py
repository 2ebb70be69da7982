"""Why a figure misses its target, by its path in the JSON: what `docs/performance.md` says beside it."""

REASONS: dict[str, str] = {}
