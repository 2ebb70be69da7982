"""What a realm file leaves out: identifiers that mean something in this deployment only."""

from typing import Any

IDENTIFIERS = frozenset({"id", "containerId", "parentId", "subGroupCount", "internalId"})
NESTED = ("protocolMappers", "subGroups")


def portable(written: dict[str, Any]) -> dict[str, Any]:
    """A written client, scope, role or group without them, in what it holds too. A person keeps theirs."""
    kept = {name: value for name, value in written.items() if name not in IDENTIFIERS}
    return kept | {name: [portable(one) for one in kept[name]] for name in NESTED if name in kept}
