"""JSON that the standard decoder takes and we do not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestibule.crypto.strict_json import MAX_DEPTH, read_json_array, read_json_object

STRINGS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
NUMBERS = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
OBJECTS = st.dictionaries(
    STRINGS,
    st.recursive(
        st.none() | st.booleans() | NUMBERS | STRINGS,
        lambda inner: st.lists(inner) | st.dictionaries(STRINGS, inner),
        max_leaves=10,
    ),
)


def depth_of(value: Any) -> int:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth_of, inner), default=0)
    return 0


@given(value=OBJECTS, ascii_only=st.booleans())
def test_an_ordinary_object_is_read(value: dict[str, Any], ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only).encode()
    if depth_of(value) <= MAX_DEPTH:
        assert read_json_object(text) == value


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"null", id="null"),
        pytest.param(b"7", id="a number"),
        pytest.param(b"[1]", id="an array"),
        pytest.param(b'"text"', id="a string"),
        pytest.param(b"{} {}", id="two objects"),
        pytest.param(b'{"a":1,}', id="a comma too many"),
        pytest.param(b"{'a':1}", id="single quotes"),
        pytest.param(b'{"a":1,"a":1}', id="a name twice"),
        pytest.param(b'{"b":{"a":1,"\\u0061":2}}', id="a name twice inside, once escaped"),
        pytest.param(b'{"a":NaN}', id="NaN"),
        pytest.param(b'{"a":Infinity}', id="Infinity"),
        pytest.param(b'{"a":-Infinity}', id="minus Infinity"),
        pytest.param(b'{"a":1e400}', id="a number beyond a double"),
        pytest.param(b'{"a":' + b"9" * 5_000 + b"}", id="a number of 5 000 digits"),
        pytest.param(b'{"a":01}', id="a leading zero"),
        pytest.param(b'{"a":"\xff"}', id="no UTF-8"),
        pytest.param(b'{"a":"\xed\xa0\x80"}', id="a surrogate in UTF-8"),
        pytest.param(b'{"a":"\\ud800"}', id="a lone surrogate"),
        pytest.param(b'{"\\udfff":1}', id="a lone surrogate in a name"),
        pytest.param(b'{"a":"\\u0000"}', id="a NUL"),
        pytest.param(b'{"a":"\\\\\\u0000"}', id="a NUL after an escaped backslash"),
        pytest.param(b'{"a":"\x01"}', id="a control character in the open"),
        pytest.param(b"\xef\xbb\xbf{}", id="a byte order mark"),
        pytest.param('{"a":1}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"a":' * 16 + b"[]" + b"}" * 16, id="one level too deep"),
        pytest.param(b'{"a":' + b"[" * 100_000, id="100 000 levels"),
    ],
)
def test_text_that_is_not_a_strict_object_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the reasons differ, the refusal is one
        read_json_object(text)


@pytest.mark.parametrize(
    "text, value",
    [
        (b'{"a":"\\\\u0000"}', {"a": "\\u0000"}),
        (b'{"a":"\\ud83d\\ude00"}', {"a": "😀"}),
        (b'{"a":"' + b"[" * 100 + b'"}', {"a": "[" * 100}),
        (b'{"a":"' + b'\\"[' * 100 + b'"}', {"a": '"[' * 100}),
        (b'{"a":[' + b"[]," * 99 + b"[]]}", {"a": [[]] * 100}),
        (b' {"a" : 1.5e3}\n', {"a": 1500.0}),
    ],
)
def test_what_only_looks_dangerous_is_read(text: bytes, value: dict[str, Any]) -> None:
    assert read_json_object(text) == value


def test_an_array_is_read() -> None:
    assert read_json_array(b'[1, {"a": null}]') == [1, {"a": None}]


@pytest.mark.parametrize(
    "text, reason",
    [
        (b"{}", "not a JSON array"),
        (b"[NaN]", "NaN is not JSON"),
        (b'[{"a": 1, "a": 2}]', "appears twice"),
        (b'["\\u0000"]', "NUL"),
        (b"[" * (MAX_DEPTH + 1), "nested deeper"),
    ],
)
def test_an_array_is_read_as_strictly_as_an_object(text: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_json_array(text)
