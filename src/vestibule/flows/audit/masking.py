"""What the audit may say of a setting: no member with a secret's name, no value that is one, not too much."""

import re
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

import msgspec

from vestibule.domain.mask import MASK

CHANGED = f"{MASK} (changed)"
"""Stands for a secret that differs from the one before."""
MOST_BYTES = 64 * 1024
"""Of one document as JSON; what goes beyond is left out, and the audit says so."""
MOST_DEPTH = 40

SECRET_WORDS = frozenset({
    "secret", "secrets", "password", "passwords", "passwd", "pwd", "passphrase", "private", "credential",
    "cookie", "cookies", "jwt", "assertion", "otp", "totp", "salt", "hash", "digest", "encoded", "verifier",
})  # fmt: skip
"""A member with one of these anywhere in its name is masked: `smtpPassword`, `client.secret.rotated`."""
LAST_WORDS = ("token", "tokens", "key", "keys", "pin", "pins")
"""These count at the end of a name only: `api_key`, but not `access.token.lifespan`."""
WHOLE_NAMES = frozenset({
    "code", "codes", "recoverycodes", "backupcodes", "authorizationcode", "devicecode", "usercode",
    "registration",
})  # fmt: skip
SETTINGS_ABOUT_SECRETS = frozenset(
    {
        "passwordpolicy",
        "clientsecretcreationtime",
        "clientsecretexpirationtime",
        "clientsecretrotatedcreationtime",
        "clientsecretrotatedexpirationtime",
        "vestibulesecretexpireson",
        "vestibulenextsecretexpireson",
    }
)
"""Whole names that hold rules or times and no secret. Nothing else is let through."""
PUBLIC_OF_CREDENTIAL = frozenset({"id", "type", "userLabel", "createdDate", "temporary", "priority"})
PUBLIC_OF_JWK = frozenset(
    {"kty", "use", "key_ops", "alg", "kid", "x5u", "x5c", "x5t", "x5t#S256", "n", "e", "crv", "x", "y"}
)
"""RFC 7517 section 4, RFC 7518 section 6: the members of a key that others may see."""

_LONG_WORDS = tuple(word for word in SECRET_WORDS if len(word) >= len("secret"))
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET_VALUE = re.compile(
    r"PRIVATE KEY-----"
    r"|(?<![\w-])eyJ[\w-]+\.[\w-]*\."  # a JWT
    r"|^\$(?:argon2|2[aby]\$|pbkdf2|scrypt)"  # a password hash
    r"|://[^/?#\s@:]*:[^/?#\s@]+@"  # a password in an address
)
_SWITCHES = ("", "true", "false")


def masked(document: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The document without its secrets, at most 64 KiB as JSON.

    With `before`, a secret that differs from the one at the same place there is told as changed.
    """
    return _bounded(_members(document, before or {}, 0, known=before is not None))


def is_secret_name(name: str) -> bool:
    """Whether a member of this name is masked."""
    words = [word.lower() for word in _WORD.findall(name)]
    whole = "".join(words)
    if whole in SETTINGS_ABOUT_SECRETS:
        return False
    return (
        not SECRET_WORDS.isdisjoint(words)
        or any(word in whole for word in _LONG_WORDS)  # `clientsecret` is one word
        or whole.endswith(LAST_WORDS)
        or whole in WHOLE_NAMES
    )


def _members(document: Mapping[str, Any], before: Any, depth: int, *, known: bool) -> dict[str, Any]:
    former = before if isinstance(before, Mapping) else {}
    is_jwk = "kty" in document
    written = {}
    for name, value in document.items():
        is_hidden = name not in PUBLIC_OF_JWK if is_jwk else is_secret_name(name) and not _are_keys(value)
        if name == "credentials" and not is_jwk:
            written[name] = _credentials(value)
        elif is_hidden:
            written[name] = _hidden(value, former.get(name), known=known)
        else:
            written[name] = _value(value, former.get(name), depth + 1, known=known)
    return written


def _value(value: Any, before: Any, depth: int, *, known: bool) -> Any:
    if depth > MOST_DEPTH or isinstance(value, bytes | bytearray):
        return MASK
    if isinstance(value, Mapping):
        return _members(value, before, depth, known=known)
    if isinstance(value, list | tuple):
        former = before if isinstance(before, list | tuple) else ()
        pairs = zip_longest(value, former[: len(value)])
        return [_value(one, old, depth + 1, known=known) for one, old in pairs]
    return _text(value, before, depth, known=known) if isinstance(value, str) else value


def _text(text: str, before: Any, depth: int, *, known: bool) -> str:
    """Text as it is, unless it is a secret by its form; JSON inside of a text is looked through too."""
    is_secret = _SECRET_VALUE.search(text) is not None
    if text.lstrip()[:1] in ("{", "["):
        try:
            document = msgspec.json.decode(text)
            inner = _value(document, None, depth + 1, known=False)
            return text if inner == document else msgspec.json.encode(inner).decode()
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            is_secret |= '"' in text and ":" in text  # cut or mistyped, yet it may name a secret
    return str(_hidden(text, before, known=known)) if is_secret else text


def _hidden(value: Any, before: Any, *, known: bool) -> Any:
    """The mask. Whether something is set or switched on is no secret."""
    if value is None or isinstance(value, bool) or value in _SWITCHES:
        return value
    return CHANGED if known and value != before else MASK


def _credentials(value: Any) -> Any:
    """Of a person's credentials only what kind they are."""
    if not isinstance(value, list | tuple):
        return MASK
    return [
        {name: one[name] if name in PUBLIC_OF_CREDENTIAL else MASK for name in one}
        if isinstance(one, Mapping)
        else MASK
        for one in value
    ]


def _are_keys(value: Any) -> bool:
    """Whether it is the list of a JWK Set, whose keys are looked at one by one."""
    return isinstance(value, list | tuple) and all(isinstance(one, Mapping) and "kty" in one for one in value)


def _bounded(document: dict[str, Any]) -> dict[str, Any]:
    """Cut to size: the largest members first, then whatever does not fit any more."""
    sizes = {name: len(msgspec.json.encode({name: value})) for name, value in document.items()}
    excess = sum(sizes.values()) - MOST_BYTES
    for name in sorted(sizes, key=sizes.__getitem__, reverse=True):
        if excess <= 0:
            return document
        marker = f"… {sizes[name]} bytes left out"
        small = len(msgspec.json.encode({name: marker}))
        if small < sizes[name]:
            document[name] = marker
            excess -= sizes[name] - small
    return document if excess <= 0 else _first_members(document)


def _first_members(document: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    room = MOST_BYTES - 100
    for name, value in document.items():
        room -= len(msgspec.json.encode({name: value}))
        if room < 0:
            return kept | {"…": f"… {len(document) - len(kept)} members left out"}
        kept[name] = value
    return kept
