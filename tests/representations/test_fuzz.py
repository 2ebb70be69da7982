"""Whatever a file holds, reading it ends in a plan or in a named mistake."""

import copy
import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.representations.files import read
from vestibule.representations.document import Document
from vestibule.representations.mistake import BadDocument
from vestibule.representations.positions import walk

FILE: dict[str, Any] = {
    "realm": "acme",
    "accessTokenLifespan": 300,
    "attributes": {"vestibule.sign_in.password": "true"},
    "roles": {"realm": [{"name": "staff"}], "client": {"app": [{"name": "agent"}]}},
    "groups": [{"name": "all", "realmRoles": ["staff"], "subGroups": [{"name": "berlin"}]}],
    "clients": [
        {
            "clientId": "app",
            "secret": "secret",
            "rootUrl": "https://app.example",
            "redirectUris": ["/cb"],
            "defaultClientScopes": ["email"],
            "attributes": {
                "post.logout.redirect.uris": "+",
                "jwks.string": "",
                "access.token.lifespan": "60",
            },
        }
    ],
    "users": [
        {
            "username": "ada",
            "email": "ada@acme.example",
            "attributes": {"team": ["red"]},
            "credentials": [{"type": "password", "secretData": "{}", "credentialData": "{}"}],
            "realmRoles": ["staff"],
            "clientRoles": {"app": ["agent"]},
            "groups": ["/all/berlin"],
        }
    ],
}

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything below the value."""
    steps: list[Any] = []
    if isinstance(value, dict | list):
        steps = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [found for step in steps for found in ((*path, step), *places(value[step], (*path, step)))]


@given(place=st.sampled_from(places(FILE)), value=VALUES)
def test_one_strange_value_ends_in_a_plan_or_a_mistake(place: tuple[Any, ...], value: Any) -> None:
    changed = copy.deepcopy(FILE)
    target: Any = changed
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    with suppress(BadDocument):
        document, _ = read(json.dumps(changed))
        assert isinstance(document.left_out, tuple)
        assert isinstance(document.notes, tuple)


@given(st.text())
def test_any_text_is_a_document_or_a_mistake(text: str) -> None:
    with suppress(BadDocument):
        Document(text)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), st.sampled_from([None, 1]), st.booleans())
def test_every_value_has_a_line_in_every_layout(
    value: dict[str, Any], indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    found = {place.path: place.line for place in walk(text)}
    assert set(found) == {(), *places(value)}
    assert max(found.values()) <= text.count("\n") + 1
