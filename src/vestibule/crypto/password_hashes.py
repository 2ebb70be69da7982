"""Password hashes as text: argon2id is made here, argon2 and PBKDF2 from an import are checked as well.

The form of PBKDF2 is `$pbkdf2-sha256$i=27500$salt$hash`, base64 without padding as in argon2's own form.
Every cost is capped, since an imported number decides how long a sign-in computes.
"""

import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Literal, NoReturn

import argon2
from argon2.low_level import Type, hash_secret, verify_secret

from vestibule.domain.errors import BadInput

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
SALT_BYTES, HASH_BYTES = 16, 32
MAX_PBKDF2_ITERATIONS = 1_000_000
MAX_ARGON2_WORK_KIB = 512 * 1024
"""Of memory times passes: about a second, as the cap of PBKDF2."""

_MAX_ARGON2_LANES = 8
_PBKDF2 = re.compile(
    r"\$pbkdf2-(?P<digest>sha256|sha512)\$i=(?P<iterations>[1-9][0-9]{0,9})"
    r"\$(?P<salt>[A-Za-z0-9+/]{1,344})\$(?P<hash>[A-Za-z0-9+/]{22,172})"
)
_PRESENT = argon2.Parameters(Type.ID, 19, SALT_BYTES, HASH_BYTES, PASSES, MEMORY_KIB, LANES)
_NOBODY = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${'A' * 22}${'A' * 43}".encode()

DigestName = Literal["sha256", "sha512"]
Argon2Variant = Literal["i", "id"]


@dataclass(frozen=True, slots=True)
class _Pbkdf2:
    digest: str
    iterations: int
    salt: bytes
    hash: bytes


def write_password_hash(password: bytes, salt: bytes) -> str:
    """The argon2id hash of a new password, with the present parameters (RFC 9106)."""
    return hash_secret(password, salt, PASSES, MEMORY_KIB, LANES, HASH_BYTES, Type.ID).decode()


def is_password(encoded: str | None, password: bytes) -> bool:
    """Whether the password fits the hash; without a usable one it works as long and answers False (PW-01)."""
    try:
        read = _read(encoded) if encoded else None
    except BadInput:
        read = None
    if isinstance(read, _Pbkdf2):
        made = hashlib.pbkdf2_hmac(read.digest, password, read.salt, read.iterations, len(read.hash))
        return hmac.compare_digest(made, read.hash)
    try:
        verify_secret(encoded.encode() if encoded and read else _NOBODY, password, (read or _PRESENT).type)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return read is not None


def is_outdated(encoded: str) -> bool:
    """Whether the password should be hashed anew at the next chance: imported, or of other parameters."""
    try:
        return _read(encoded) != _PRESENT
    except BadInput:
        return True


def check_password_hash(encoded: str) -> None:
    """Raises `BadInput` with the reason for a hash that we could not check at sign-in."""
    _read(encoded)


def write_pbkdf2(digest: DigestName, iterations: int, salt: bytes, value: bytes) -> str:
    """The text of an imported PBKDF2 hash (RFC 8018); raises `BadInput` where we would not check it."""
    encoded = f"$pbkdf2-{digest}$i={iterations}${_base64(salt)}${_base64(value)}"
    check_password_hash(encoded)
    return encoded


def write_argon2(
    variant: Argon2Variant, memory_kib: int, passes: int, lanes: int, salt: bytes, value: bytes
) -> str:
    """The text of an imported argon2 hash, version 1.3; raises `BadInput` where we would not check it."""
    costs = f"m={memory_kib},t={passes},p={lanes}"
    encoded = f"$argon2{variant}$v=19${costs}${_base64(salt)}${_base64(value)}"
    check_password_hash(encoded)
    return encoded


def _read(encoded: str) -> argon2.Parameters | _Pbkdf2:
    if encoded.startswith("$pbkdf2-"):
        return _read_pbkdf2(encoded)
    if not encoded.startswith("$argon2") or not encoded.isascii():
        _refuse("only argon2, pbkdf2-sha256 and pbkdf2-sha512 are known")
    try:
        found = argon2.extract_parameters(encoded)
    except (argon2.exceptions.InvalidHashError, ValueError):
        _refuse("the text of the argon2 hash is not readable")
    if found.memory_cost * found.time_cost > MAX_ARGON2_WORK_KIB or found.parallelism > _MAX_ARGON2_LANES:
        _refuse(f"argon2 costs more than {MAX_ARGON2_WORK_KIB} KiB times passes")
    if found.salt_len < 8 or found.hash_len < 16 or min(found.time_cost, found.parallelism) < 1:
        _refuse("argon2 with parameters too small")
    return found


def _read_pbkdf2(encoded: str) -> _Pbkdf2:
    found = _PBKDF2.fullmatch(encoded)
    if found is None:
        _refuse("the text of the PBKDF2 hash is not readable")
    if int(found["iterations"]) > MAX_PBKDF2_ITERATIONS:
        _refuse(f"PBKDF2 with more than {MAX_PBKDF2_ITERATIONS} iterations")
    try:
        salt, value = (binascii.a2b_base64(found[part] + "==") for part in ("salt", "hash"))
    except binascii.Error:
        _refuse("the base64 of the PBKDF2 hash is not readable")
    return _Pbkdf2(found["digest"], int(found["iterations"]), salt, value)


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode().rstrip("=")


def _refuse(reason: str) -> NoReturn:
    raise BadInput(f"password hash: {reason}")
