"""The parts of a realm export in Keycloak's own manner: its built-in scopes with their mappers, its lists."""

from typing import Any

TOLD = {"id.token.claim": "true", "access.token.claim": "true", "userinfo.token.claim": "true"}
DEFAULTS = ["role_list", "profile", "email", "roles", "web-origins", "acr", "basic"]


def mapper(name: str, kind: str, **config: str) -> dict[str, Any]:
    written = {key.replace("__", "."): text for key, text in config.items()}
    return {
        "id": f"id-of-{name}", "name": name, "protocol": "openid-connect", "protocolMapper": kind,
        "consentRequired": False, "config": TOLD | written,
    }  # fmt: skip


def attribute(fact: str, claim: str) -> dict[str, Any]:
    return mapper(claim, "oidc-usermodel-attribute-mapper", user__attribute=fact, claim__name=claim)


def scope(name: str, *mappers: dict[str, Any], protocol: str = "openid-connect") -> dict[str, Any]:
    return {
        "id": f"id-of-{name}", "name": name, "description": f"Built-in scope: {name}", "protocol": protocol,
        "attributes": {"include.in.token.scope": "true", "consent.screen.text": "${" + name + "ScopeText}"},
        "protocolMappers": list(mappers),
    }  # fmt: skip


SCOPES = [
    scope(
        "profile", mapper("full name", "oidc-full-name-mapper"), attribute("username", "preferred_username"),
        attribute("firstName", "given_name"), attribute("middleName", "middle_name"),
        attribute("updatedAt", "updated_at"), attribute("nickname", "nickname"),
    ),
    scope("email", attribute("email", "email"), attribute("emailVerified", "email_verified")),
    scope("address", mapper("address", "oidc-address-mapper")),
    scope("phone", attribute("phoneNumber", "phone_number")),
    scope("offline_access"),
    scope("web-origins", mapper("allowed web origins", "oidc-allowed-origins-mapper")),
    scope("acr", mapper("acr loa level", "oidc-acr-mapper")),
    scope("basic", mapper("sub", "oidc-sub-mapper")),
    scope("role_list", protocol="saml"),
    scope(
        "roles",
        mapper("realm roles", "oidc-usermodel-realm-role-mapper", claim__name="realm_access.roles"),
        mapper("audience resolve", "oidc-audience-resolve-mapper"),
    ),
]  # fmt: skip
EXPORT: dict[str, Any] = {
    "keycloakVersion": "26.0.5",
    "clientScopes": SCOPES,
    "defaultDefaultClientScopes": DEFAULTS,
    "defaultOptionalClientScopes": ["offline_access", "address", "phone"],
}
