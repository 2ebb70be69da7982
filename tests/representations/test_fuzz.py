"""Whatever a file holds, reading it ends in a plan or in a named mistake."""

import copy
import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.representations.files import NOW, read
from vestibule.domain.client import Client, ClientSecret
from vestibule.domain.client_scope import ClientScope
from vestibule.domain.mask import MASK
from vestibule.domain.realm import Realm
from vestibule.domain.user import Group, Role, User
from vestibule.representations.client import read_client, write_client_record
from vestibule.representations.client_scope import read_client_scope, write_client_scope
from vestibule.representations.document import Document, Element
from vestibule.representations.groups import read_group, write_group
from vestibule.representations.mistake import BadDocument
from vestibule.representations.positions import walk
from vestibule.representations.realm import read_realm, write_realm_record
from vestibule.representations.roles import read_role, write_role
from vestibule.representations.user import read_user, write_user

FILE: dict[str, Any] = {
    "realm": "acme",
    "accessTokenLifespan": 300,
    "attributes": {"vestibule.sign_in.password": "true", "vestibule.accent": "#123456"},
    "keycloakVersion": "26.0.5",
    "clientScopes": [
        {
            "name": "billing",
            "attributes": {"consent.screen.text": "x"},
            "protocolMappers": [
                {
                    "name": "plan",
                    "protocolMapper": "oidc-hardcoded-claim-mapper",
                    "config": {"claim.name": "plan", "claim.value": "1", "jsonType.label": "JSON"},
                }
            ],
        },
        {"name": "email", "protocolMappers": [{"name": "a", "protocolMapper": "oidc-acr-mapper"}]},
    ],
    "defaultDefaultClientScopes": ["billing"],
    "smtpServer": {"host": "mail.example", "from": "a@acme.example", "port": "25"},
    "roles": {"realm": [{"name": "staff"}], "client": {"app": [{"name": "agent"}]}},
    "groups": [
        {
            "name": "all",
            "attributes": {"a": ["1"]},
            "realmRoles": ["staff"],
            "subGroups": [{"name": "berlin"}],
        }
    ],
    "clients": [
        {
            "clientId": "app",
            "secret": "secret",
            "rootUrl": "https://app.example",
            "redirectUris": ["/cb"],
            "defaultClientScopes": ["email"],
            "attributes": {
                "post.logout.redirect.uris": "+",
                "jwks.string": "",
                "access.token.lifespan": "60",
            },
        }
    ],
    "users": [
        {
            "username": "ada",
            "email": "ada@acme.example",
            "attributes": {"team": ["red"]},
            "credentials": [{"type": "password", "secretData": "{}", "credentialData": "{}"}],
            "realmRoles": ["staff"],
            "clientRoles": {"app": ["agent"]},
            "groups": ["/all/berlin"],
            "federatedIdentities": [{"identityProvider": "company", "userId": "s-1", "userName": "ada"}],
        },
        {"username": "service-account-app", "serviceAccountClientId": "app"},
    ],
    "identityProviders": [
        {
            "alias": "company",
            "providerId": "oidc",
            "linkOnly": False,
            "storeToken": True,
            "config": {
                "clientId": "c-1",
                "clientSecret": "s",
                "issuer": "https://id.example/{tenantid}",
                "tokenUrl": "https://id.example/token",
                "clientAuthMethod": "client_secret_jwt",
                "defaultScope": "openid email",
                "prompt": "login",
                "allowedClockSkew": "30",
                "vestibule.domains": "acme.example",
                "vestibule.secretExpiresOn": "2027-05-31",
            },
        }
    ],
    "identityProviderMappers": [
        {
            "name": "staff",
            "identityProviderAlias": "company",
            "identityProviderMapper": "oidc-advanced-role-idp-mapper",
            "config": {"claims": '[{"key": "a", "value": "b"}]', "role": "staff"},
        },
        {
            "name": "name",
            "identityProviderAlias": "company",
            "identityProviderMapper": "oidc-username-idp-mapper",
            "config": {"template": "${CLAIM.upn | lowercase}"},
        },
    ],
}

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything below the value."""
    steps: list[Any] = []
    if isinstance(value, dict | list):
        steps = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [found for step in steps for found in ((*path, step), *places(value[step], (*path, step)))]


@given(place=st.sampled_from(places(FILE)), value=VALUES)
def test_one_strange_value_ends_in_a_plan_or_a_mistake(place: tuple[Any, ...], value: Any) -> None:
    changed = copy.deepcopy(FILE)
    target: Any = changed
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    with suppress(BadDocument):
        document, _ = read(json.dumps(changed))
        assert isinstance(document.left_out, tuple)
        assert isinstance(document.notes, tuple)


@given(st.text())
def test_any_text_is_a_document_or_a_mistake(text: str) -> None:
    with suppress(BadDocument):
        Document(text)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), st.sampled_from([None, 1]), st.booleans())
def test_every_value_has_a_line_in_every_layout(
    value: dict[str, Any], indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    found = {place.path: place.line for place in walk(text)}
    assert set(found) == {(), *places(value)}
    assert max(found.values()) <= text.count("\n") + 1


HERE = (
    Client("c", "r", "app", secrets=(ClientSecret("sha256:0", "sealed", NOW),), built_in=True),
    User("u", "r", "ada", service_of="c", created_at=NOW, tokens_valid_from=NOW),
    Group("g", "r", "/all/berlin"),
    Role("x", "r", "staff", client_id="c"),
    ClientScope("s", "r", "billing", is_default=True),
    Realm("r", "acme", version=7),
)
WRITTEN = [
    write_client_record(HERE[0], MASK), write_user(HERE[1]), write_group(HERE[2]), write_role(HERE[3]),
    write_client_scope(HERE[4]), write_realm_record(HERE[5]),
]  # fmt: skip
KEPT = ("id", "realm_id", "built_in", "secrets", "service_of", "tokens_valid_from", "created_at", "client_id")


def changed_to(kind: int, root: Element) -> Any:
    match kind:
        case 0:
            return read_client(root, HERE[0], str).client
        case 1:
            return read_user(root, HERE[1])
        case 2:
            return read_group(root, HERE[2])
        case 3:
            return read_role(root, HERE[3])
        case 4:
            return read_client_scope(root, HERE[4], str)
    return read_realm(root, HERE[5])


@given(
    kind=st.sampled_from(range(len(HERE))), name=st.data(), value=VALUES,
    extra=st.dictionaries(st.sampled_from(KEPT) | st.text(max_size=5), VALUES, max_size=4),
)  # fmt: skip
def test_AC_03_no_body_changes_what_is_not_the_bodys_to_change(
    kind: int, name: st.DataObject, value: Any, extra: dict[str, Any]
) -> None:
    members = WRITTEN[kind] | extra
    members[name.draw(st.sampled_from(sorted(WRITTEN[kind])))] = value
    before = HERE[kind]
    with suppress(BadDocument):
        after = changed_to(kind, Document.of(members).root)
        kept = [one for one in KEPT if hasattr(before, one) and (one, kind) != ("client_id", 0)]
        # A public client, or one that signs, has no use for its secret any more.
        kept = [one for one in kept if one != "secrets" or after.secrets]
        assert [getattr(after, one) for one in kept] == [getattr(before, one) for one in kept]
