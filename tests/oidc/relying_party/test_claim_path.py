"""How mappers name a claim."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vestibule.oidc.relying_party.claim_path import claim_at

CLAIMS = {
    "email": "ada@example.com",
    "address": {"country": "GB", "lines": ["1 St James's Square", "London"]},
    "https://gitlab.org/claims/groups/owner": ["acme"],
    "resource_access": {"my.client": {"roles": ["admin", "user"]}, "my": {"client": "nested"}},
    "a.b": "literal",
    "a": {"b": "nested"},
    "back\\slash": 1,
    "nothing": None,
    "deep": [[1, 2], [3, {"x": 4}]],
    "list[0]": "literal",
    "zero": 0,
}


@pytest.mark.parametrize(
    "path, value",
    [
        ("email", "ada@example.com"),
        ("address.country", "GB"),
        ("address.lines", ["1 St James's Square", "London"]),
        ("address.lines[1]", "London"),
        ("https://gitlab.org/claims/groups/owner", ["acme"]),
        ("https://gitlab.org/claims/groups/owner[0]", "acme"),
        ("resource_access.my.client.roles", ["admin", "user"]),
        (r"resource_access.my\.client.roles[0]", "admin"),
        ("a.b", "literal"),
        ("deep[1][1].x", 4),
        ("list[0]", "literal"),
        ("zero", 0),
        ("nothing", None),
        ("", None),
        (".", None),
        ("[0]", None),
        ("missing", None),
        ("email.x", None),
        ("email[0]", None),
        ("address.lines[2]", None),
        ("address.lines.0", None),
        ("address[0]", None),
        ("nothing.x", None),
        (".".join("x" * 100), None),
    ],
)
def test_a_path_leads_to_a_claim(path: str, value: object) -> None:
    assert claim_at(CLAIMS, path) == value


@given(st.text(st.sampled_from("ab.[]0\\é"), max_size=30))
@settings(max_examples=1000)
def test_every_path_is_read(path: str) -> None:
    claim_at(CLAIMS | {"b": {"a": [{"b": 1}]}}, path)
