"""base64url without padding, and only in its canonical spelling (RFC 4648 section 5, RFC 7515 section 2)."""

import binascii

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


def encode(data: bytes) -> bytes:
    """The base64url text of `data` as ASCII bytes."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=")


def decode(text: bytes) -> bytes:
    """The bytes behind `text`; raises `ValueError` for every spelling that `encode` would not have written.

    That refuses padding, foreign characters, white space and a last character with stray bits, so
    that one value has one text and a signature cannot be respelled.
    """
    data = binascii.a2b_base64(text.translate(_FROM_URL) + b"=" * (-len(text) % 4))
    if encode(data) != text:
        raise ValueError("not canonical base64url")
    return data
