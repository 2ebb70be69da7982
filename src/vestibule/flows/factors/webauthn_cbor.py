"""The shape of CBOR from strangers, looked at before a general decoder may see it.

A general decoder follows tags: shared references make 200 bytes encode to megabytes, others compile
patterns or build huge numbers. Authenticators need none of that, so only plain items pass.
"""

MAX_DEPTH = 4
MAX_CREDENTIAL_ID_BYTES = 1023

_RP_ID_HASH_FLAGS_COUNTER = 37
_AAGUID_AND_LENGTH = 18
_ATTESTED = 0x40
_EXTENSIONS = 0x80
_INTEGERS, _STRINGS, _ARRAY, _MAP, _SIMPLE = (0, 1), (2, 3), 4, 5, 7
_FALSE_TRUE_NULL = (20, 21, 22)


def check_attestation_object(data: bytes) -> None:
    """Raises `ValueError` unless `data` is exactly one plain map (WebAuthn Level 3 section 6.5.4)."""
    if _skip_map(data, 0) != len(data):
        raise ValueError("bytes after the attestation object")


def check_authenticator_data(data: bytes, *, attested: bool) -> None:
    """Raises `ValueError` unless the parts are those that the flags tell of, to the last byte.

    WebAuthn Level 3 section 6.1. `attested` says whether a new credential must be inside (a creation)
    or must not (an assertion).
    """
    if len(data) < _RP_ID_HASH_FLAGS_COUNTER:
        raise ValueError("authenticator data is too short")
    flags, at = data[32], _RP_ID_HASH_FLAGS_COUNTER
    if bool(flags & _ATTESTED) is not attested:
        raise ValueError("attested credential data is missing, or has no place here")
    if attested:
        at += _AAGUID_AND_LENGTH
        length = int.from_bytes(data[at - 2 : at])
        if not 0 < length <= MAX_CREDENTIAL_ID_BYTES:
            raise ValueError(f"a credential id of {length} bytes")
        at = _skip_map(data, at + length)
    if flags & _EXTENSIONS:
        at = _skip_map(data, at)
    if at != len(data):
        raise ValueError("bytes after the authenticator data")


def _skip_map(data: bytes, at: int) -> int:
    if at >= len(data) or data[at] >> 5 != _MAP:
        raise ValueError("a CBOR map is missing")
    return _skip_item(data, at, 0)


def _skip_item(data: bytes, at: int, depth: int) -> int:
    """Where the item ends. Definite lengths in shortest form, no tags, no floats, at most four levels deep.

    That is what CTAP2 allows to authenticators (its section 8, canonical form), but for the order of keys.
    """
    major, value, at = _read_head(data, at)
    if major in _STRINGS:
        if value > len(data) - at:
            raise ValueError("a CBOR string ends early")
        return at + value
    if major in _INTEGERS or (major == _SIMPLE and value in _FALSE_TRUE_NULL):
        return at
    if major not in (_ARRAY, _MAP):
        raise ValueError("a CBOR tag or number that authenticators do not use")
    if depth == MAX_DEPTH:
        raise ValueError("CBOR nested too deep")
    for place in range(value * 2 if major == _MAP else value):
        if major == _MAP and place % 2 == 0 and at < len(data) and data[at] >> 5 not in (*_INTEGERS, 3):
            raise ValueError("a CBOR map key that is neither a number nor a text")
        at = _skip_item(data, at, depth + 1)
    return at


def _read_head(data: bytes, at: int) -> tuple[int, int, int]:
    """Major type, argument, and where the content begins (RFC 8949 section 3)."""
    if at >= len(data):
        raise ValueError("CBOR ends early")
    major, info = data[at] >> 5, data[at] & 0x1F
    if info < 24:
        return major, info, at + 1
    if info > 27 or major == _SIMPLE:
        raise ValueError("CBOR of indefinite length, or a float")
    size = 1 << (info - 24)
    argument = data[at + 1 : at + 1 + size]
    value = int.from_bytes(argument)
    if len(argument) < size or value < (24 if size == 1 else 1 << (4 * size)):
        raise ValueError("a CBOR length that ends early or is not in its shortest form")
    return major, value, at + 1 + size
