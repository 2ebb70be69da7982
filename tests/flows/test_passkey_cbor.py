from time import perf_counter
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.authenticator import shared_reference_bomb
from vestibule.flows.factors.webauthn_cbor import check_attestation_object, check_authenticator_data

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**32), 2**32) | st.binary(max_size=300) | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.integers(-9, 9) | st.text(max_size=9), inner)
    ),
    max_leaves=8,
)


def depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@given(st.dictionaries(st.text(max_size=9), PLAIN, max_size=5).filter(lambda value: depth(value) <= 4))
def test_plain_maps_pass(value: dict[str, Any]) -> None:
    check_attestation_object(cbor2.dumps(value))


@given(st.binary(max_size=200))
def test_arbitrary_bytes_pass_only_if_they_are_one_plain_map(data: bytes) -> None:
    try:
        check_attestation_object(data)
    except ValueError:
        return
    assert isinstance(cbor2.loads(data), dict)


@given(st.binary(max_size=200), st.booleans())
def test_arbitrary_authenticator_data_raises_nothing_but_value_errors(data: bytes, attested: bool) -> None:
    try:
        check_authenticator_data(data, attested=attested)
    except ValueError:
        return
    assert len(data) >= 37


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(shared_reference_bomb(40), id="shared references that double forty times"),
        pytest.param(b"\xa1\x61a" + b"\x81" * 8000 + b"\x00", id="8,000 lists in one another"),
        pytest.param(b"\xa1\x61a\x9b" + b"\x7f" * 8, id="a list of 2^62 items"),
        pytest.param(b"\xbb" + b"\x7f" * 8, id="a map of 2^62 pairs"),
        pytest.param(b"\xa1\x61a\x5b\x00\x00\x00\x7f" + b"\xff" * 4, id="a string of 512 GB"),
        pytest.param(b"\xa1\x61a\xc4\x82\x1a\x3b\x9a\xca\x00\x01", id="a decimal fraction 10^1000000000"),
        pytest.param(b"\xa1\x61a\xd8\x23\x65(a+)+", id="a regular expression"),
        pytest.param(b"\xbf\x61a\x01\xff", id="an indefinite map"),
        pytest.param(b"\xa1\x61a\x5f\x41a\xff", id="an indefinite string"),
        pytest.param(b"\xa1\x61a\xf9\x7e\x00", id="a float that is not a number"),
        pytest.param(b"\xa1\x61a\xf7", id="undefined"),
        pytest.param(b"\xa1\x61a\x18\x01", id="a number in two bytes that fits into one"),
        pytest.param(b"\xa1\x80\x01", id="a list as a key"),
        pytest.param(b"\xa1\x61a\x01\x00", id="a byte after the end"),
        pytest.param(b"\xa1\x61a", id="a missing value"),
        pytest.param(b"\x80", id="a list in place of the map"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_WA_06_cbor_that_no_authenticator_writes_is_refused_before_it_is_decoded(data: bytes) -> None:
    started_at = perf_counter()
    with pytest.raises(ValueError, match=r"CBOR|bytes after"):
        check_attestation_object(data)
    assert perf_counter() - started_at < 0.1


def authenticator_data(flags: int, rest: bytes = b"") -> bytes:
    return bytes(32) + bytes([flags]) + bytes(4) + rest


ATTESTED = bytes(16) + b"\x00\x02id" + b"\xa1\x01\x02"


@pytest.mark.parametrize(
    "data, attested",
    [
        (authenticator_data(0x05), False),
        (authenticator_data(0x85, b"\xa0"), False),
        (authenticator_data(0x45, ATTESTED), True),
        (authenticator_data(0xC5, ATTESTED + b"\xa1\x61a\xf5"), True),
    ],
)
def test_authenticator_data_with_the_parts_of_its_flags_passes(data: bytes, attested: bool) -> None:
    check_authenticator_data(data, attested=attested)


@pytest.mark.parametrize(
    "data, attested",
    [
        pytest.param(authenticator_data(0x05)[:-1], False, id="too short"),
        pytest.param(authenticator_data(0x05), True, id="no credential in a creation"),
        pytest.param(authenticator_data(0x45, ATTESTED), False, id="a credential in an assertion"),
        pytest.param(authenticator_data(0x05, b"\x00"), False, id="a byte too many"),
        pytest.param(authenticator_data(0x45, ATTESTED + b"\x00"), True, id="a byte after the key"),
        pytest.param(authenticator_data(0x45, bytes(18) + b"\xa0"), True, id="an empty credential id"),
        pytest.param(
            authenticator_data(0x45, bytes(16) + b"\x04\x00" + bytes(1024) + b"\xa0"),
            True,
            id="an id of 1,024 bytes",
        ),
        pytest.param(
            authenticator_data(0x45, bytes(16) + b"\x00\x02id\x04"), True, id="a key that is no map"
        ),
        pytest.param(authenticator_data(0x45, bytes(16) + b"\xff"), True, id="the id's length ends early"),
        pytest.param(authenticator_data(0x85), False, id="missing extensions"),
    ],
)
def test_WA_06_authenticator_data_of_another_shape_is_refused(data: bytes, attested: bool) -> None:
    with pytest.raises(ValueError, match=r"authenticator|attested|credential|CBOR"):
        check_authenticator_data(data, attested=attested)
