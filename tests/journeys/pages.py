"""Every page that a browser can open, by who opens it; `every_route()` must find nothing else.

`{user}` and so on stand for what `content.py` made. Pages that take steps are in `stages.py`.
"""

from vestibule.web.routes import every_route

STRANGER = """
/
/api/docs
/platform/signed-out
/console/{realm}/signed-out
/realms/{realm}/account/signed-out
/realms/{realm}/broker/{alias}/signed-out
"""
PLATFORM = """
/platform
/platform/expiry
/platform/outbound
/platform/realms/new
/platform/welcome
"""
ADMINISTRATOR = """
/console/{realm}
/console/{realm}/integrations/applications
/console/{realm}/integrations/applications/new
/console/{realm}/integrations/applications/{client}
/console/{realm}/clients
/console/{realm}/clients/new
/console/{realm}/clients/{client}
/console/{realm}/clients/{client}/credentials
/console/{realm}/clients/{client}/roles
/console/{realm}/clients/{client}/scopes
/console/{realm}/clients/{client}/keys
/console/{realm}/clients/{client}/sessions
/console/{realm}/clients/{client}/preview
/console/{realm}/clients/{client}/mappers/new
/console/{realm}/clients/{client}/mappers/{mapper}
/console/{realm}/client-scopes
/console/{realm}/client-scopes/new
/console/{realm}/client-scopes/{scope}
/console/{realm}/client-scopes/{scope}/mappers/new
/console/{realm}/client-scopes/{scope}/mappers/{mapper}
/console/{realm}/identity-providers
/console/{realm}/identity-providers/{alias}/new
/console/{realm}/identity-providers/{alias}
/console/{realm}/identity-providers/{alias}/mappers
/console/{realm}/identity-providers/{alias}/mappers/new
/console/{realm}/identity-providers/{alias}/mappers/{mapper}
/console/{realm}/identity-providers/{alias}/secrets
/console/{realm}/identity-providers/{alias}/tests
/console/{realm}/identity-providers/{alias}/tests/{test}
/console/{realm}/identity-providers/{alias}/guide
/console/{realm}/users
/console/{realm}/users/new
/console/{realm}/users/{user}
/console/{realm}/users/{user}/attributes
/console/{realm}/users/{user}/sign-in-methods
/console/{realm}/users/{user}/passkeys/{passkey}
/console/{realm}/users/{user}/identity-provider-links
/console/{realm}/users/{user}/groups
/console/{realm}/users/{user}/role-mapping
/console/{realm}/users/{user}/sessions
/console/{realm}/groups
/console/{realm}/groups/new
/console/{realm}/groups/{group}
/console/{realm}/groups/{group}/attributes
/console/{realm}/groups/{group}/members
/console/{realm}/groups/{group}/role-mapping
/console/{realm}/groups/{group}/child-groups
/console/{realm}/groups/{group}/child-groups/new
/console/{realm}/roles
/console/{realm}/roles/new
/console/{realm}/roles/{role}
/console/{realm}/roles/{role}/attributes
/console/{realm}/roles/{role}/users
/console/{realm}/sessions
/console/{realm}/events
/console/{realm}/events/{event}
/console/{realm}/expiry
/console/{realm}/settings
/console/{realm}/settings/sign-in
/console/{realm}/settings/keys
/console/{realm}/settings/tokens
/console/{realm}/settings/mail
/console/{realm}/settings/branding
"""
PERSON = """
/realms/{realm}/account
/realms/{realm}/account/email
/realms/{realm}/account/sign-in-methods
/realms/{realm}/account/sign-in-methods/password
/realms/{realm}/account/sign-in-methods/passkeys/new
/realms/{realm}/account/sign-in-methods/passkeys/{passkey}
/realms/{realm}/account/linked-accounts
/realms/{realm}/account/sessions
/realms/{realm}/account/applications
/realms/{realm}/account/activity
"""
WITHOUT_A_PAGE = """
/console
/platform/switch
/platform/outbound/{place}/withdraw
/console/{realm}/callback
/console/{realm}/clients/{client}/delete
/console/{realm}/clients/{client}/credentials/reveal
/console/{realm}/clients/{client}/credentials/regenerate
/console/{realm}/clients/{client}/credentials/end-former
/console/{realm}/clients/{client}/roles/delete
/console/{realm}/clients/{client}/scopes/remove
/console/{realm}/clients/{client}/mappers/predefined
/console/{realm}/clients/{client}/mappers/{mapper}/delete
/console/{realm}/client-scopes/{scope}/delete
/console/{realm}/client-scopes/{scope}/mappers/predefined
/console/{realm}/client-scopes/{scope}/mappers/{mapper}/delete
/console/{realm}/identity-providers/{alias}/metadata
/console/{realm}/identity-providers/{alias}/delete
/console/{realm}/identity-providers/{alias}/mappers/{mapper}/delete
/console/{realm}/identity-providers/{alias}/secrets/promote
/console/{realm}/identity-providers/{alias}/secrets/drop
/console/{realm}/identity-providers/{alias}/new/test
/console/{realm}/identity-providers/{alias}/test
/console/{realm}/identity-providers/{alias}/tests/{test}/delete
/console/{realm}/users/{user}/identity-provider-links/{alias}/remove
/console/{realm}/events/export.csv
/console/{realm}/events/export.json
/console/{realm}/expiry/feed
/console/{realm}/settings/delete
/console/{realm}/settings/keys/roll-over
/realms/{realm}/account/callback
/realms/{realm}/login/provider
/realms/{realm}/broker/{alias}/endpoint
/api/auth/sso/callback/{alias}
/api/auth/platform/{alias}/callback
/realms/{realm}/account/sign-in-methods/after-provider
/realms/{realm}/account/linked-accounts/{alias}/link
/realms/{realm}/account/linked-accounts/{alias}/unlink
"""
"""They lead to a page that is listed, or are files."""

OPENED = {
    "stranger": STRANGER.split(),
    "platform": PLATFORM.split(),
    "administrator": ADMINISTRATOR.split(),
    "person": PERSON.split(),
}


QUERIES = {
    "/mappers/new": "?kind=oidc-usermodel-attribute-mapper",
    "/identity-providers/entra/new": "?alias=entra-2",
}
"""What the end of a path needs to mean something."""
OWNERS = {"client": "{client}/mappers", "provider": "{alias}/mappers"}


def pages_to_open() -> set[str]:
    """The paths of all routes that answer a GET with a page."""
    return {route.path for route in every_route() if route.surface == "page" and "GET" in route.methods}


def address(path: str, named: dict[str, str]) -> str:
    """The path with names for its steps; a mapper is one of the client, of the provider or of the scope."""
    owners = (owner for owner in ("client", "provider") if OWNERS[owner] in path)
    owner = next(owners, "")
    names = {**named, "mapper": named[f"{owner} mapper"]} if owner else named
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", value)
    return path + next((query for end, query in QUERIES.items() if path.endswith(end)), "")
