"""The vendor's form for an OpenID Connect provider: its eight fields, and what may stand in them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from vestibule.domain.redirect_uri import AddressRefused, check_web_address
from vestibule.practice.vendor import IdentityProvider

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the page shows it."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    error: str = ""
    hint: str = ""


FIELDS = (
    Field("issuer_url", "Issuer URL", "url"),
    Field("authorization_endpoint", "Authorization Endpoint", "url"),
    Field("token_endpoint", "Token Endpoint", "url"),
    Field("jwks_endpoint", "JWKS / Public Keys Endpoint", "url"),
    Field("client_id", "Client ID"),
    Field("client_secret", "Client Secret", "password"),
    Field("scopes", "Scopes"),
    Field("redirect_uri", "Redirect URI (Callback)", "url"),
)


def empty_form(provider: IdentityProvider | None, redirect_uri: str) -> tuple[Field, ...]:
    """The form as it opens: with the present provider's values, and never its secret."""
    known = asdict(provider) if provider is not None else {"scopes": "openid email profile"}
    values = {**known, "client_secret": "", "redirect_uri": redirect_uri}
    return _show(values, {}, is_kept=provider is not None)


def read_form(
    given: Mapping[str, str], present: IdentityProvider | None, redirect_uri: str
) -> IdentityProvider | tuple[Field, ...]:
    """The provider that the form describes, or the form with its errors: values kept, the secret not."""
    values = {one.name: given.get(one.name, "").strip() for one in FIELDS}
    if not values["client_secret"] and present is not None:
        values["client_secret"] = present.client_secret
    errors = {name: error for name, value in values.items() if (error := _error(name, value, redirect_uri))}
    if errors:
        return _show({**values, "client_secret": ""}, errors, is_kept=present is not None)
    del values["redirect_uri"]
    return IdentityProvider(**values)


def _show(values: Mapping[str, str], errors: Mapping[str, str], is_kept: bool) -> tuple[Field, ...]:
    hints = {"redirect_uri": "Register exactly this address at your identity provider."}
    if is_kept:
        hints["client_secret"] = "Leave it blank to keep the present secret."
    return tuple(
        Field(
            one.name,
            one.label,
            one.kind,
            values.get(one.name, ""),
            errors.get(one.name, ""),
            hints.get(one.name, ""),
        )
        for one in FIELDS
    )


def _error(name: str, value: str, redirect_uri: str) -> str:
    if not value:
        return "Enter a value."
    if len(value) > LONGEST:
        return f"Enter at most {LONGEST} characters."
    if name == "redirect_uri":
        return "" if value == redirect_uri else f"This application answers at {redirect_uri} only."
    if name == "scopes":
        return "" if "openid" in value.split() else "The scopes must contain openid."
    return _address_error(value) if name.endswith(("_url", "_endpoint")) else ""


def _address_error(value: str) -> str:
    try:
        check_web_address(value)
    except AddressRefused as refused:
        return str(refused)
    return ""
