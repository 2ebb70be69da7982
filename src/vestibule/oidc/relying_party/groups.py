"""Entra's group overage: too many groups for a token, fetched from Microsoft Graph instead."""

import json
from collections.abc import Mapping
from typing import Any

from vestibule.domain.errors import UserinfoFailed
from vestibule.oidc.relying_party.messages import Incoming, check_status, read_json

MAX_GROUPS = 11_000
"""More than these Graph does not list in one answer."""
LIMIT_BYTES = 1024 * 1024


def has_overage(claims: Mapping[str, Any]) -> bool:
    """Whether the provider left `groups` out because there were too many (OpenID Connect Core 1.0 section
    5.6.2, distributed claims; `hasgroups` in some of Entra's tokens)."""
    sources = claims.get("_claim_names")
    is_elsewhere = isinstance(sources, dict) and "groups" in sources
    return is_elsewhere or claims.get("hasgroups") in (True, "true")


def groups_request(api_base: str) -> tuple[str, bytes]:
    """URL and JSON body that ask Graph for the person's own groups, direct and nested.

    The address in the token's `_claim_sources` is not used: it would send the access token to wherever a
    token says.
    """
    body = json.dumps({"securityEnabledOnly": False}).encode()
    return f"{api_base.rstrip('/')}/v1.0/me/getMemberObjects", body


def process_groups(answer: Incoming) -> tuple[str, ...]:
    """The IDs of the groups. Raises `UserinfoFailed`."""
    if answer.status == 403:
        raise UserinfoFailed(expected="the permission GroupMember.Read.All", came="status 403")
    check_status(answer, UserinfoFailed)
    groups = read_json(answer, UserinfoFailed, LIMIT_BYTES).get("value")
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise UserinfoFailed(expected="value, a list of group IDs", came=type(groups).__name__)
    return tuple(groups[:MAX_GROUPS])
