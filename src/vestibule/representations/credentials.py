"""Passwords in Keycloak's shape: plain text, or a hash in two JSON texts inside the JSON."""

import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import msgspec

from vestibule.crypto.password_hashes import write_argon2, write_pbkdf2
from vestibule.crypto.strict_json import read_json_object
from vestibule.domain.errors import BadInput
from vestibule.domain.user import Passkey, Password
from vestibule.representations.document import Element
from vestibule.representations.moments import milliseconds

PASSWORD_LIMIT = 1024
HASH_LIMIT = 4096

_PBKDF2 = re.compile(
    r"\$pbkdf2-(?P<digest>sha256|sha512)\$i=(?P<iterations>\d+)\$(?P<salt>[^$]+)\$(?P<hash>[^$]+)"
)
_ARGON2 = re.compile(
    r"\$argon2(?P<type>id|i)\$v=19\$m=(?P<memory>\d+),t=(?P<passes>\d+),p=(?P<lanes>\d+)"
    r"\$(?P<salt>[^$]+)\$(?P<hash>[^$]+)"
)


@dataclass(frozen=True, slots=True)
class ImportedPassword:
    """A password of a document: an `encoded` hash, or `plain` text still to be hashed, or neither.

    A `temporary` one is to be replaced at the next sign-in.
    """

    encoded: str | None = None
    plain: str | None = None
    temporary: bool = False


def read_password(credentials: list[Element]) -> ImportedPassword:
    """The password among a person's credentials; other kinds are left out and said."""
    password = ImportedPassword()
    for credential in credentials:
        kind = credential.text("type", "password")
        temporary = credential.flag("temporary", False)
        if kind != "password":
            credential.leave_out("Credentials of the type “{type}” are not taken.", type=kind[:40])
        elif password != ImportedPassword():
            credential.refuse("This person has another password already.")
        else:
            password = _read_one(credential)
            if password != ImportedPassword():
                password = replace(password, temporary=temporary)
    return password


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that an administrator sets; a `temporary` one is to be replaced at the next sign-in."""

    plain: str
    temporary: bool


def read_new_password(element: Element) -> NewPassword:
    """The body of `reset-password`: plain text only."""
    element.ignore("type", "id", "createdDate", "userLabel", "priority")
    member = element.member("value")
    if not member.is_present or not member.as_text(PASSWORD_LIMIT):
        member.refuse("A password is not empty.")
    return NewPassword(member.as_text(PASSWORD_LIMIT), element.flag("temporary", False))


def write_credentials(password: Password | None, passkeys: Iterable[Passkey]) -> list[dict[str, Any]]:
    """What a person signs in with, without anything that is secret. The password's id is its type."""
    written: list[dict[str, Any]] = []
    if password is not None:
        changed = milliseconds(password.changed_at)
        written.append({"id": "password", "type": "password", "createdDate": changed, "priority": 10})
    return written + [_write_passkey(passkey) for passkey in passkeys]


def write_password(encoded: str) -> dict[str, Any]:
    """A stored hash as a credential; `read_password` reads it back."""
    found = _PBKDF2.fullmatch(encoded)
    if found is not None:
        data = _data(f"pbkdf2-{found['digest']}", found["iterations"], {})
    else:
        found = _ARGON2.fullmatch(encoded)
        if found is None:
            raise ValueError("the stored password hash has an unknown form")
        parameters = {"type": [found["type"]], "version": ["1.3"], "memory": [found["memory"]]}
        data = _data("argon2", found["passes"], parameters | {"parallelism": [found["lanes"]]})
    secret = {"value": _padded(found["hash"]), "salt": _padded(found["salt"]), "additionalParameters": {}}
    return {"type": "password", "secretData": _json(secret), "credentialData": _json(data)}


def _read_one(credential: Element) -> ImportedPassword:
    credential.ignore("id", "createdDate", "userLabel", "priority")
    if credential.member("value").is_present:
        plain = credential.text("value", "", PASSWORD_LIMIT)
        if not plain:
            credential.member("value").refuse("A password is not empty.")
        return ImportedPassword(plain=plain)
    secret, data = (_read_inner(credential, name) for name in ("secretData", "credentialData"))
    algorithm = data.get("algorithm")
    if algorithm not in ("argon2", "pbkdf2-sha256", "pbkdf2-sha512"):
        credential.leave_out(
            "Hashes by “{algorithm}” are not taken; the person needs a new password.",
            algorithm=str(algorithm)[:40],
        )
        return ImportedPassword()
    try:
        return ImportedPassword(encoded=_encode(cast(str, algorithm), secret, data))
    except (BadInput, LookupError, TypeError, ValueError) as error:
        credential.refuse("This password hash cannot be read: {reason}.", reason=str(error))


def _read_inner(credential: Element, name: str) -> dict[str, Any]:
    member = credential.member(name)
    if not member.is_present:
        credential.refuse("A password has “value”, or “secretData” and “credentialData”.")
    try:
        return read_json_object(member.as_text(HASH_LIMIT, lines=True).encode())
    except ValueError as error:
        member.refuse("An object as JSON text is expected here: {reason}.", reason=str(error))


def _encode(algorithm: str, secret: dict[str, Any], data: dict[str, Any]) -> str:
    """The hash as it is stored here. Every wrong type or value ends in one of the caught exceptions."""
    salt, value = (binascii.a2b_base64(secret[name], strict_mode=True) for name in ("salt", "value"))
    iterations = int(data["hashIterations"])
    if algorithm != "argon2":
        digest = cast(Literal["sha256", "sha512"], algorithm.removeprefix("pbkdf2-"))
        return write_pbkdf2(digest, iterations, salt, value)
    parameters = data["additionalParameters"]
    if parameters.get("version", ["1.3"]) != ["1.3"] or parameters["type"] not in (["id"], ["i"]):
        raise ValueError("only argon2id and argon2i of version 1.3 are known")
    variant = cast(Literal["id", "i"], parameters["type"][0])
    memory, lanes = int(parameters["memory"][0]), int(parameters["parallelism"][0])
    return write_argon2(variant, memory, iterations, lanes, salt, value)


def _data(algorithm: str, iterations: str, parameters: dict[str, list[str]]) -> dict[str, Any]:
    return {"hashIterations": int(iterations), "algorithm": algorithm, "additionalParameters": parameters}


def _write_passkey(passkey: Passkey) -> dict[str, Any]:
    return {
        "id": passkey.id,
        "type": "webauthn-passwordless",
        "userLabel": passkey.name,
        "createdDate": milliseconds(passkey.created_at),
        "credentialData": _json({"counter": passkey.sign_count, "transports": list(passkey.transports)}),
    }


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)


def _json(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()
