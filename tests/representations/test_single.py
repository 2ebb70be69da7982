"""One client, person, group, role, scope or mapper at a time, as the console and the Admin API hand it in."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from vestibule.domain.client import Client, ClientSecret
from vestibule.domain.client_scope import ClientScope, ProtocolMapper
from vestibule.domain.event import Event
from vestibule.domain.key import StoredKey
from vestibule.domain.mask import MASK
from vestibule.domain.realm import Branding, Realm
from vestibule.domain.session import Session
from vestibule.domain.user import Group, Passkey, Password, Role, User
from vestibule.representations.client import read_client, read_new_client, write_client_record
from vestibule.representations.client_scope import (
    read_client_scope,
    read_new_client_scope,
    standard_client_scope,
    write_client_scope,
)
from vestibule.representations.credentials import read_new_password, write_credentials
from vestibule.representations.document import Document, Element
from vestibule.representations.events import write_admin_event, write_event
from vestibule.representations.groups import read_group, read_new_group, write_group, write_group_tree
from vestibule.representations.keys import write_keys
from vestibule.representations.mappers import read_mapper, read_new_mapper, write_mapper
from vestibule.representations.mistake import BadDocument
from vestibule.representations.realm import read_realm, write_realm_record
from vestibule.representations.roles import (
    read_new_role,
    read_role,
    read_role_references,
    write_role,
    write_role_mappings,
)
from vestibule.representations.sessions import write_session
from vestibule.representations.user import Known, read_new_user, read_user, refers_to_others, write_user

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MILLISECONDS = 1_795_176_000_000
SECRET = ClientSecret("sha256:00", "sealed", NOW)
CLIENT = Client(
    "c-1", "realm-id", "app", "App", secrets=(SECRET,), redirect_uris=("https://app.example/cb",),
    default_scopes=("billing",), guide="atera", attributes={"login_theme": "x"},
    mappers=(ProtocolMapper("m-1", "plan", "oidc-hardcoded-claim-mapper", {"claim.name": "plan"}),),
)  # fmt: skip
USER = User(
    "u-1", "realm-id", "ada", "ada@acme.example", True, "Ada", "Archer", True, {"team": ("red",)}, NOW
)
GROUP = Group("g-1", "realm-id", "/all/berlin", "Berlin", {"floor": ("3",)})
ROLE = Role("r-1", "realm-id", "staff", "Everybody", attributes={"level": ("1",)})
SCOPE = ClientScope(
    "s-1", "realm-id", "billing", "Invoices", {"consent.screen.text": "See invoices"}, CLIENT.mappers, True
)
# What nobody may bring into a document: every kind is read with all of it (AC-03).
SMUGGLED = {
    "id": "mine", "realm_id": "other", "realmId": "other", "built_in": True, "builtIn": True,
    "is_platform_admin": True, "secrets": [{"digest": "x"}], "secret_hash": "x", "created_by": "me",
    "createdTimestamp": 1, "tokens_valid_from": None, "service_of": "c-9", "serviceAccountClientId": "x",
    "containerId": "other", "client_id": "c-9", "kid": "k", "version": 9,
}  # fmt: skip


def element(**members: Any) -> Element:
    return Document.of(members).root


def new_id() -> Any:
    numbers = itertools.count(1)
    return lambda: f"new-{next(numbers)}"


def test_what_is_written_reads_back_as_it_was() -> None:
    assert read_client(element(**write_client_record(CLIENT, MASK)), CLIENT, new_id()).client == CLIENT
    assert read_user(element(**write_user(USER)), USER) == USER
    assert read_group(element(**write_group(GROUP)), GROUP) == GROUP
    assert read_role(element(**write_role(ROLE)), ROLE) == ROLE
    assert read_client_scope(element(**write_client_scope(SCOPE)), SCOPE, new_id()) == SCOPE
    assert read_mapper(element(**write_mapper(CLIENT.mappers[0])), CLIENT.mappers[0]) == CLIENT.mappers[0]
    realm = Realm("realm-id", "acme", branding=Branding("#123456"), attributes={"checksum": "1"})
    assert read_realm(element(**write_realm_record(realm)), realm) == realm


def test_what_is_absent_or_null_stays() -> None:
    for empty in ({}, dict.fromkeys(write_client_record(CLIENT, MASK)), dict.fromkeys(write_user(USER))):
        assert read_client(element(**empty), CLIENT, new_id()).client == CLIENT
        assert read_user(element(**empty), USER) == USER
        assert read_group(element(**empty), GROUP) == GROUP
        assert read_role(element(**empty), ROLE) == ROLE
        assert read_client_scope(element(**empty), SCOPE, new_id()) == SCOPE
    realm = Realm("realm-id", "acme", "Acme", attributes={"checksum": "1"})
    assert read_realm(element(**dict.fromkeys(write_realm_record(realm))), realm) == realm


def test_AC_03_nobody_sets_what_is_not_theirs_to_set() -> None:
    smuggled = element(**SMUGGLED)
    assert read_client(smuggled, CLIENT, new_id()).client == CLIENT
    assert read_user(smuggled, USER) == USER
    assert read_group(smuggled, GROUP) == GROUP
    assert read_role(smuggled, ROLE) == ROLE
    assert read_client_scope(smuggled, SCOPE, new_id()) == SCOPE
    assert read_realm(smuggled, Realm("realm-id", "acme")) == Realm("realm-id", "acme")


def test_AC_03_what_is_new_gets_an_id_of_ours() -> None:
    user = read_new_user(element(username="eve", **SMUGGLED), "realm-id", "fresh", NOW).user
    assert user == User("fresh", "realm-id", "eve", created_at=NOW)
    client = read_new_client(element(clientId="eve", **SMUGGLED), "realm-id", "fresh", new_id()).client
    assert client == Client("fresh", "realm-id", "eve")
    named = element(name="eve", **SMUGGLED)
    assert read_new_group(named, "realm-id", "fresh", "/all") == Group("fresh", "realm-id", "/all/eve")
    assert read_new_role(named, "realm-id", "fresh", "c-1") == Role(
        "fresh", "realm-id", "eve", client_id="c-1"
    )
    assert read_new_client_scope(named, "realm-id", "fresh", new_id()) == ClientScope(
        "fresh", "realm-id", "eve"
    )


def test_a_client_takes_the_realms_default_scopes_unless_it_names_its_own() -> None:
    options: dict[str, Any] = {"default_scopes": ("billing",), "known_scopes": {"billing", "roles"}}
    plain = read_new_client(element(clientId="a"), "r", "f", new_id(), **options).client
    named = element(
        clientId="a", defaultClientScopes=["roles", "web-origins"], optionalClientScopes=["email"]
    )
    own = read_new_client(named, "r", "f", new_id(), **options).client
    assert plain.default_scopes == ("billing",)
    assert (own.default_scopes, own.scopes) == (("roles",), ("openid", "email"))


def test_S000_14_a_mask_or_nothing_keeps_the_secret() -> None:
    for secret in (MASK, "", None):
        entry = read_client(element(secret=secret), CLIENT, new_id())
        assert (entry.secret, entry.needs_secret, entry.client.secrets) == (None, False, (SECRET,))
    assert read_client(element(secret="another"), CLIENT, new_id()).secret == "another"


def test_a_client_can_be_renamed_but_not_to_nothing() -> None:
    assert read_client(element(clientId="other"), CLIENT, new_id()).client.client_id == "other"
    with pytest.raises(BadDocument) as refused:
        read_client(element(clientId=" "), CLIENT, new_id())
    assert refused.value.path == ("clientId",)


def test_RU_04_a_wildcard_in_a_form_is_refused_at_its_field() -> None:
    with pytest.raises(BadDocument) as refused:
        read_client(element(redirectUris=["https://a.example/cb", "https://a.example/*"]), CLIENT, new_id())
    assert refused.value.path == ("redirectUris", 1)
    assert str(refused.value.mistake) == "Wildcards are not taken: register each redirect URI in full."


def test_a_list_shows_less() -> None:
    for brief in (write_user(USER, brief=True), write_group(GROUP, brief=True), write_role(ROLE, brief=True)):
        assert "attributes" not in brief


def test_attributes_that_are_given_replace_all_of_them() -> None:
    assert read_user(element(attributes={"age": ["36"]}), USER).attributes == {"age": ("36",)}
    assert read_user(element(attributes={}), USER).attributes == {}
    assert read_group(element(attributes={"a": ["1", "2"]}), GROUP).attributes == {"a": ("1", "2")}
    assert read_role(element(attributes={"a": []}), ROLE).attributes == {"a": ()}


@pytest.mark.parametrize(
    "members, verified",
    [
        ({"emailVerified": False}, False),
        ({"emailVerified": True}, True),
        ({"email": "new@acme.example"}, False),
        ({"email": "new@acme.example", "emailVerified": True}, False),
        ({"email": ""}, False),
    ],
)
def test_AC_06_an_address_is_not_marked_as_verified_by_a_change(
    members: dict[str, Any], verified: bool
) -> None:
    assert read_user(element(**members), USER).email_verified is verified
    assert not read_user(element(**members), replace(USER, email_verified=False)).email_verified


def test_a_new_person_brings_password_groups_and_roles() -> None:
    root = element(
        username="eve", credentials=[{"type": "password", "value": "correct horse"}],
        groups=["/all/berlin"], realmRoles=["staff"],
    )  # fmt: skip
    assert refers_to_others(root)
    assert not refers_to_others(element(username="eve", groups=[]))
    known = Known({"staff": ROLE}, {}, {"/all/berlin": GROUP})
    entry = read_new_user(root, "realm-id", "fresh", NOW, known)
    assert (entry.plain, entry.roles, entry.groups) == ("correct horse", (ROLE,), (GROUP,))


def test_a_group_is_renamed_where_it_is() -> None:
    assert read_group(element(name="paris", path="/elsewhere", parentId="x"), GROUP).path == "/all/paris"


def test_groups_are_a_tree() -> None:
    parent = Group("g-0", "realm-id", "/all")
    (root,) = write_group_tree([GROUP, parent], brief=True)
    assert (root["id"], root["subGroupCount"]) == ("g-0", 1)
    assert (root["subGroups"][0]["id"], root["subGroups"][0]["parentId"]) == ("g-1", "g-0")
    assert [one["path"] for one in write_group_tree([GROUP])] == ["/all/berlin"]


def test_role_mappings_name_roles_by_id_or_name() -> None:
    other = Role("r-2", "realm-id", "lead")
    body = Document.of([{"id": "r-1", "name": "wrong"}, {"name": "lead"}, {"id": "r-1"}]).root
    assert read_role_references(body, [ROLE, other]) == (ROLE, other)
    with pytest.raises(BadDocument) as refused:
        read_role_references(Document.of([{"name": "boss"}]).root, [ROLE])
    assert refused.value.path == (0, "name")


def test_role_mappings_are_written_by_client() -> None:
    agent = Role("r-3", "realm-id", "agent", client_id="c-1")
    written = write_role_mappings([ROLE, agent], {"c-1": "app"})
    assert [role["name"] for role in written["realmMappings"]] == ["staff"]
    assert written["clientMappings"]["app"]["id"] == "c-1"
    assert [role["name"] for role in written["clientMappings"]["app"]["mappings"]] == ["agent"]
    assert write_role_mappings([], {}) == {}


@pytest.mark.parametrize(
    "config, path",
    [
        ({"claim.name": ""}, "claim.name"),
        ({"claim.name": "sub"}, "claim.name"),
        ({"claim.name": "aud.x"}, "claim.name"),
        ({"claim.name": "email_verified"}, "claim.name"),
        ({"claim.name": "x", "jsonType.label": "float"}, "jsonType.label"),
        ({"claim.name": "x", "id.token.claim": "yes"}, "id.token.claim"),
        ({"claim.name": "x", "jsonType.label": "JSON", "claim.value": "{"}, "claim.value"),
    ],
)
def test_a_mapper_that_would_say_nothing_or_a_lie_is_refused(config: dict[str, str], path: str) -> None:
    root = element(name="m", protocolMapper="oidc-hardcoded-claim-mapper", config=config)
    with pytest.raises(BadDocument) as refused:
        read_new_mapper(root, "fresh")
    assert refused.value.path == ("config", path)


def test_a_mapper_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(BadDocument) as refused:
        read_new_mapper(element(name="m", protocolMapper="oidc-script-based-protocol-mapper"), "fresh")
    assert refused.value.path == ("protocolMapper",)


def test_mappers_in_a_client_keep_their_ids_by_name_and_replace_all() -> None:
    plan = {"name": "plan", "protocolMapper": "oidc-hardcoded-claim-mapper", "config": {"claim.name": "p"}}
    full = {"name": "full", "protocolMapper": "oidc-full-name-mapper"}
    found = read_client(element(protocolMappers=[full, plan]), CLIENT, new_id()).client.mappers
    assert [(one.id, one.name) for one in found] == [("new-1", "full"), ("m-1", "plan")]
    assert read_client(element(protocolMappers=[]), CLIENT, new_id()).client.mappers == ()
    with pytest.raises(BadDocument):
        read_client(element(protocolMappers=[full, full]), CLIENT, new_id())


def test_a_scope_is_a_name_that_can_be_asked_for() -> None:
    for name in ("a b", "", 'a"b', "é"):
        with pytest.raises(BadDocument) as refused:
            read_new_client_scope(element(name=name), "realm-id", "fresh", new_id())
        assert refused.value.path == ("name",)
    assert write_client_scope(standard_client_scope("realm-id", "email"))["id"] == "email"


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", "url(x)", "#12345g"])
def test_TX_02_a_colour_is_a_colour(colour: str) -> None:
    with pytest.raises(BadDocument):
        read_realm(element(attributes={"vestibule.accent": colour}), Realm("realm-id", "acme"))


def test_AC_19_a_placeholder_is_literal_text() -> None:
    text = "${ENV} file:/etc/passwd"
    assert read_user(element(firstName=text), USER).given_name == text
    assert read_realm(element(displayName=text), Realm("realm-id", "acme")).display_name == text


def test_a_new_password_is_plain_text() -> None:
    found = read_new_password(element(type="password", value="correct horse", temporary=False))
    assert found.plain == "correct horse"
    for body in ({}, {"value": ""}, {"value": None}, {"secretData": "{}"}):
        with pytest.raises(BadDocument) as refused:
            read_new_password(element(**body))
        assert refused.value.path == ("value",)


def test_AC_01_nothing_secret_is_written() -> None:
    passkey = Passkey("p-1", "realm-id", "u-1", b"id", b"key", 3, "Phone", True, True, ("internal",), NOW)
    written = write_credentials(Password("u-1", "$argon2id$hash", NOW), [passkey])
    assert [(one["id"], one["type"]) for one in written] == [
        ("password", "password"),
        ("p-1", "webauthn-passwordless"),
    ]
    jwk = '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'
    key = StoredKey("kid-1", "realm-id", "EdDSA", "active", jwk, b"sealed", NOW)
    keys = write_keys([key, replace(key, kid="kid-2", state="next", expires_at=NOW)])
    assert keys["active"] == {"EdDSA": "kid-1"}
    assert [one["status"] for one in keys["keys"]] == ["ACTIVE", "PASSIVE"]
    assert keys["keys"][1]["validTo"] == MILLISECONDS
    assert keys["keys"][0]["publicKey"] == "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    everything = repr([written, keys, write_client_record(CLIENT, MASK)])
    assert not [text for text in ("argon2id$hash", "sealed", "sha256:00", "b'key'") if text in everything]


def test_sessions_and_events_carry_milliseconds() -> None:
    session = Session("sid", "realm-id", "u-1", b"digest", ("pwd",), "1", NOW, NOW, NOW, address="192.0.2.1")
    written = write_session(session, USER, [CLIENT])
    assert (written["start"], written["username"], written["clients"]) == (
        MILLISECONDS,
        "ada",
        {"c-1": "app"},
    )
    assert "digest" not in repr(written)
    event = Event("e-1", NOW, "LOGIN_ERROR", "realm-id", error="wrong_password", reference="AB12")
    assert write_event(event) == {
        "id": "e-1", "time": MILLISECONDS, "type": "LOGIN_ERROR", "realmId": "realm-id", "ipAddress": "",
        "error": "wrong_password", "details": {"reference": "AB12"},
    }  # fmt: skip
    change = Event(
        "e-2", NOW, "ADMIN_UPDATE", "realm-id", actor_id="u-1", actor_realm_id="m", resource="CLIENT",
        path="clients/c-1", after='{"name":"x"}', address="192.0.2.1",
    )  # fmt: skip
    shown = write_admin_event(change)
    names = ("operationType", "resourceType", "resourcePath", "representation")
    assert [shown[name] for name in names] == ["UPDATE", "CLIENT", "clients/c-1", '{"name":"x"}']
    assert shown["authDetails"] == {"realmId": "m", "clientId": "", "userId": "u-1", "ipAddress": "192.0.2.1"}


def test_NK_12_what_changes_nothing_here_is_kept_for_those_who_send_it() -> None:
    sent = {
        "webOrigins": ["https://app.example", "+"], "rootUrl": "https://app.example",
        "adminUrl": "", "alwaysDisplayInConsole": True,
    }  # fmt: skip
    kept = read_client(element(**sent), CLIENT, new_id()).client
    record = write_client_record(kept, MASK)
    assert {name: record[name] for name in sent} == sent
    assert not [name for name in record["attributes"] if name.startswith("vestibule.kept")]
    assert read_client(element(**record), kept, new_id()).client == kept
    assert (
        write_client_record(read_client(element(webOrigins=[]), kept, new_id()).client, None)["webOrigins"]
        == []
    )
    with pytest.raises(BadDocument):
        read_client(element(webOrigins="https://app.example"), CLIENT, new_id())


def test_AC_03_a_kept_member_is_not_set_through_the_attributes() -> None:
    found = read_client(element(attributes={"vestibule.kept.webOrigins": "{"}), CLIENT, new_id()).client
    assert found == CLIENT


def test_a_temporary_password_is_known_as_one() -> None:
    credential = {"type": "password", "value": "correct horse", "temporary": True}
    assert read_new_password(element(**credential)).temporary
    entry = read_new_user(element(username="eve", credentials=[credential]), "realm-id", "fresh", NOW)
    assert (entry.plain, entry.user.must_change_password) == ("correct horse", True)


@pytest.mark.parametrize(
    "actions, due", [(["UPDATE_PASSWORD"], True), ([], False), (["CONFIGURE_TOTP"], False)]
)
def test_of_the_required_actions_the_new_password_counts(actions: list[str], due: bool) -> None:
    user = User("id", "realm-id", "eve", must_change_password=not due)
    changed = read_user(element(requiredActions=actions), user)
    assert changed.must_change_password is due
    assert write_user(changed)["requiredActions"] == (["UPDATE_PASSWORD"] if due else [])
    assert read_user(element(firstName="Eve"), changed).must_change_password is due
