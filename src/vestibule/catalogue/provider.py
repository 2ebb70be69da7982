"""A provider of the catalogue: what a connection to it starts with, and the guide for both halves."""

from dataclasses import dataclass

from vestibule.catalogue.application import Badge
from vestibule.catalogue.guide import WrittenSection
from vestibule.domain.connection import Authentication, Endpoints, ProviderKind


@dataclass(frozen=True, slots=True)
class Preset:
    """What is known of a vendor beforehand. Addresses are templates with `{base}`, `{tenant}`, `{api}`.

    `base` is where the vendor's own service lives, blank where everybody runs their own; `api` where an API
    beside it lives (GitHub's, Microsoft Graph). `tenant` names what fills `{tenant}`, blank: nothing.
    `discovery` is blank where there is no metadata (GitHub): then `endpoints` are templates.
    `trusted` links by e-mail by default (S002-47); `is_customers_own` says that the provider belongs to the
    customer, so that anyone who can sign in there may join by default (D20).
    """

    discovery: str = ""
    base: str = ""
    api: str = ""
    tenant: str = ""
    endpoints: Endpoints = Endpoints()
    issuer: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    authentication: Authentication = "client_secret_post"
    pkce: bool = True
    use_userinfo: bool = True
    trusted: bool = False
    is_customers_own: bool = True


@dataclass(frozen=True, slots=True)
class Provider:
    """One file of `providers/`. `chooser` is what the list of kinds calls it (S001-14)."""

    kind: ProviderKind
    name: str
    chooser: str
    sentence: str
    documentation: str  # the vendor's page on how to register an application
    prerequisites: tuple[str, ...]
    badge: Badge
    preset: Preset
    sections: tuple[WrittenSection, ...]
