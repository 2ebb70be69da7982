"""Realms in Keycloak's shape, and files that come back as they went."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from tests.representations.files import NOW, REALM, file_text, read
from vestibule.domain.client import Client
from vestibule.domain.realm import Lifetimes, Realm, SignInPolicy
from vestibule.domain.user import Group, Role, User
from vestibule.representations.client import write_client
from vestibule.representations.credentials import write_password
from vestibule.representations.document import Document
from vestibule.representations.groups import write_group_tree
from vestibule.representations.mistake import BadDocument
from vestibule.representations.realm import read_realm_name, write_realm
from vestibule.representations.realm_file import Present
from vestibule.representations.roles import write_role, write_role_names
from vestibule.representations.user import write_user_of_file


def test_a_realm_takes_its_settings_from_the_file() -> None:
    realm = read(
        file_text(
            displayName="Acme", enabled=False, accessTokenLifespan=120, ssoSessionIdleTimeout=1800,
            ssoSessionMaxLifespan=36000, accessCodeLifespan=30, accessCodeLifespanLogin=900,
            offlineSessionIdleTimeout=100, offlineSessionMaxLifespan=200,
            offlineSessionMaxLifespanEnabled=True,
            attributes={"checksum": "1", "vestibule.sign_in.password": "false"},
        )
    )[1].realm  # fmt: skip
    assert realm == Realm(
        "realm-id", "acme", "Acme", False, Lifetimes(120, 120, 30, 900, 1800, 36000, 100, 200),
        SignInPolicy(password=False), {"checksum": "1"},
    )  # fmt: skip


@pytest.mark.parametrize(
    "members, detail",
    [
        ({"accessTokenLifespan": 0}, "accessTokenLifespan (line 3): A whole number from 1 to"),
        ({"accessCodeLifespan": 601}, "from 1 to 600"),
        ({"accessTokenLifespan": "300"}, "whole number"),
        ({"displayName": 5}, "Text in quotes"),
        (
            {"attributes": {"vestibule.sign_in.password": "false", "vestibule.sign_in.passkey": "false"}},
            "nobody",
        ),
        ({"attributes": {"vestibule.id_token_seconds": "-1"}}, 'attributes["vestibule.id_token_seconds"]'),
        ({"clients": {}}, "clients (line 3): A list in brackets"),
        ({"clients": ["x"]}, "clients[0] (line 4): An object in braces"),
    ],
)
def test_a_mistake_is_refused_with_its_place(members: dict[str, Any], detail: str) -> None:
    with pytest.raises(BadDocument, match=re.escape(detail)):
        read(file_text(**members))


@pytest.mark.parametrize("name", ["", " acme", "a/b", "é", "a" * 65, ".a", "acme\n", 5, None])
def test_a_realms_name_is_plain(name: Any) -> None:
    with pytest.raises(BadDocument, match="realm"):
        read_realm_name(Document(file_text(realm=name)).root)


def test_unlimited_offline_sessions_are_left_out_and_said() -> None:
    document, _ = read(file_text(offlineSessionMaxLifespanEnabled=False))
    (note,) = document.notes
    assert note.startswith("offlineSessionMaxLifespanEnabled (line 3): ")
    assert "5184000 seconds" in note


def test_what_is_not_served_is_named() -> None:
    document, _ = read(
        file_text(
            components=[{"alias": "a"}, {"alias": "b"}], browserFlow="browser", sslRequired="external",
            smtpServer={}, registrationAllowed=False,
        )
    )  # fmt: skip
    assert document.left_out == ("browserFlow", "components (2)", "sslRequired")


def test_what_is_written_reads_back_the_same() -> None:
    realm = Realm(
        "realm-id", "acme", "Acme", True, Lifetimes(id_token_seconds=42),
        SignInPolicy(passkey=False), {"k": "v"}
    )  # fmt: skip
    client = Client(
        "new-1", "realm-id", "app", "App", "An app", public=True, pkce_required=True, resources=("urn:api",),
        redirect_uris=("https://app.example/cb", "com.example.app:/cb"), response_modes=("query",),
        post_logout_redirect_uris=("https://app.example/bye",), home_url="https://app.example/#/home",
        refresh_tokens=False, consent_required=True, scopes=("openid", "email", "custom"),
        id_token_algorithm="EdDSA", access_token_algorithm="PS256", access_token_seconds=60,
        backchannel_logout_uri="https://app.example/logout", backchannel_logout_session_required=False,
        required_role="staff", required_group="/all", email_required=True, attributes={"login_theme": "x"},
        jwks_uri="https://app.example/keys",
    )  # fmt: skip
    roles = (
        Role("new-2", "realm-id", "staff", "Everybody"),
        Role("new-3", "realm-id", "agent", "", "new-1"),
    )
    groups = (Group("new-4", "realm-id", "/all"), Group("new-5", "realm-id", "/all/berlin"))
    user = User(
        "u-1", "realm-id", "ada", "ada@acme.example", True, "Ada", "Archer", True, {"team": ("red",)}, NOW
    )
    encoded = (
        "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    )
    names = write_role_names(roles, {"new-1": "app"})
    document, file = read(
        json.dumps(
            {
                **write_realm(realm),
                "roles": {"realm": [write_role(roles[0])], "client": {"app": [write_role(roles[1])]}},
                "groups": write_group_tree(groups, {"/all": names}),
                "clients": [write_client(client, None)],
                "users": [
                    write_user_of_file(user, ("/all/berlin",), names)
                    | {"credentials": [write_password(encoded)]}
                ],
            }
        )
    )
    assert (document.left_out, document.notes) == ((), ())
    assert file.realm == realm
    assert [entry.client for entry in file.clients] == [client]
    assert file.roles == roles
    assert file.groups == groups
    assert file.group_roles == ((groups[0], roles[0]), (groups[0], roles[1]))
    (entry,) = file.users
    assert (entry.user, entry.encoded, entry.roles, entry.groups) == (user, encoded, roles, (groups[1],))


def test_a_realm_that_is_here_keeps_what_the_file_does_not_name() -> None:
    here = replace(REALM, display_name="Acme", attributes={"a": "1"}, lifetimes=Lifetimes(code_seconds=10))
    realm = read(file_text(enabled=False, attributes={"b": "2", "c": None}), Present(here))[1].realm
    assert realm == replace(here, enabled=False, attributes={"a": "1", "b": "2"})
