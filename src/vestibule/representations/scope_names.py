"""The names of scopes in a client's lists, and which of them mean nothing outside of Keycloak."""

from collections.abc import Collection

from vestibule.domain.client import STANDARD_SCOPES
from vestibule.representations.document import Element

KEYCLOAK_SCOPES = frozenset(
    {"web-origins", "acr", "roles", "basic", "microprofile-jwt", "service_account", "organization"}
    | {"role_list", "saml_organization"}
)
"""Scopes that Keycloak gives every realm. Here they exist only where a realm has them."""


def read_scope_names(element: Element, known: Collection[str]) -> tuple[str, ...]:
    """The names of a list, the specification's own first; those of Keycloak only where `known` has them."""
    names = dict.fromkeys(read_scope_name(scope) for scope in element.elements())
    kept = {name for name in names if name in known or name not in KEYCLOAK_SCOPES}
    ours = tuple(scope for scope in STANDARD_SCOPES if scope in kept)
    return ours + tuple(sorted(kept - set(ours)))


def read_scope_name(element: Element) -> str:
    """A scope as it may be asked for (RFC 6749 section 3.3)."""
    name = element.as_text()
    if not is_scope_name(name):
        element.refuse("A scope is made of printable ASCII characters without quote, backslash or space.")
    return name


def is_scope_name(name: str) -> bool:
    """Whether it may be asked for as a scope (RFC 6749 section 3.3)."""
    return bool(name) and all("!" <= letter <= "~" and letter not in '"\\' for letter in name)
