"""Who somebody from a provider is here, sentence by sentence, on every surface (D3, D4, D9, D11, D20)."""

from dataclasses import replace
from typing import Any

import pytest

from vestibule.domain.connection import SURFACES, Connection, ExternalIdentity, Link
from vestibule.domain.errors.upstream import UPSTREAM_ERRORS
from vestibule.domain.policy import Decision, Facts, decide, is_of_domains
from vestibule.domain.user import User

ADA = User("ada", "acme", "ada", email="ada@acme.example", email_verified=True)
LINK = Link("link", "acme", "ada", "connection", "https://idp.example", "subject")
IDENTITY = ExternalIdentity(
    "connection", "https://idp.example", "subject", email="ada@acme.example", email_verified=True
)
UNVERIFIED = replace(IDENTITY, email_verified=False)


def connection(**changes: Any) -> Connection:
    return replace(Connection("connection", "acme", "idp"), **changes)


TRUSTED = connection(trusted=True)
ORGANISATION = connection(surface="ORGANISATION", trusted=True)
ENTERPRISE = connection(surface="ENTERPRISE")
PLATFORM = connection(surface="PLATFORM")
COMMON = connection(trusted=True, issuer="https://login.example/{tenantid}/v2.0")
LISTED = replace(COMMON, tenants=("tenant-a",))
DOMAINS = connection(join="domains", domains=("acme.example", "Globex.Example"))


def facts(of: Connection, identity: ExternalIdentity = IDENTITY, **changes: Any) -> Facts:
    return Facts(connection=of, identity=identity, **changes)


def known(of: Connection, identity: ExternalIdentity = IDENTITY, **changes: Any) -> Facts:
    """Somebody here has the address, and can prove their account."""
    return facts(of, identity, **{"match": ADA, "match_can_prove": True, **changes})


def disabled(user: User) -> User:
    return replace(user, enabled=False)


UNCONFIRMED = replace(ADA, email_verified=False, email_origin="person")
TYPED_BY_ADMINISTRATOR = replace(ADA, email_verified=False, email_origin="administrator")
BROUGHT = replace(ADA, email_verified=False, email_origin="provider")
LINKED: dict[str, Any] = {"link": LINK, "linked": ADA}

TABLE: list[tuple[str, Facts, str]] = [
    ("a link signs its person in", facts(connection(), **LINKED), "SIGN_IN"),
    (
        "a link is enough without trust and without a verified address",
        facts(connection(), UNVERIFIED, **LINKED),
        "SIGN_IN",
    ),
    (
        "a link is enough where new people are not made",
        facts(connection(join="existing"), **LINKED),
        "SIGN_IN",
    ),
    ("a link is enough outside of the domains", facts(connection(join="domains"), **LINKED), "SIGN_IN"),
    (
        "a link goes before somebody else's address",
        facts(TRUSTED, **LINKED, match=replace(ADA, id="bob")),
        "SIGN_IN",
    ),
    ("a link of the platform's signs in", facts(PLATFORM, **LINKED), "SIGN_IN"),
    (
        "a link does not switch a person on",
        facts(TRUSTED, link=LINK, linked=disabled(ADA)),
        "account_disabled",
    ),
    (
        "a link to a service account is nobody's",
        facts(TRUSTED, link=LINK, linked=replace(ADA, service_of="x")),
        "account_disabled",
    ),
    (
        "a link does not open a connection to a tenant that is not on its list",
        facts(LISTED, **LINKED, new_tenant="tenant-b"),
        "tenant_not_allowed",
    ),
    (
        "a link of a connection to everybody's tenants does",
        facts(COMMON, **LINKED, new_tenant="tenant-b"),
        "SIGN_IN",
    ),
    ("a link whose person is gone says nothing", facts(connection(), link=LINK), "ENROL"),
    ("a verified address of a trusted provider links", known(TRUSTED), "LINK"),
    ("an untrusted provider links nobody", known(connection()), "account_not_linked"),
    (
        "an untrusted one does not even after a proof",
        known(connection(), proved_user_id="ada"),
        "account_not_linked",
    ),
    (
        "an account that nobody confirmed is not linked",
        known(TRUSTED, match=UNCONFIRMED),
        "account_not_linked",
    ),
    (
        "it is not even after a proof",
        known(TRUSTED, match=UNCONFIRMED, proved_user_id="ada"),
        "account_not_linked",
    ),
    (
        "an address that a provider brought does not count",
        known(TRUSTED, match=BROUGHT),
        "account_not_linked",
    ),
    (
        "whoever may be the person with an unconfirmed address is asked",
        facts(connection(), holder=UNCONFIRMED),
        "PROVE",
    ),
    (
        "their proof links them",
        facts(connection(), UNVERIFIED, holder=UNCONFIRMED, proved_user_id="ada"),
        "LINK",
    ),
    (
        "whoever says that it is not theirs is new",
        facts(connection(), holder=UNCONFIRMED, declined=True),
        "ENROL",
    ),
    (
        "who declines where nobody new is made is not here",
        facts(connection(join="existing"), holder=UNCONFIRMED, declined=True),
        "person_not_here",
    ),
    (
        "an organisation's provider asks for no administrator's account",
        facts(ORGANISATION, holder=UNCONFIRMED, holder_administers=True),
        "ENROL",
    ),
    ("an administrator's word counts", known(TRUSTED, match=TYPED_BY_ADMINISTRATOR), "LINK"),
    ("a disabled account is not linked", known(TRUSTED, match=disabled(ADA)), "account_disabled"),
    (
        "a disabled account is not linked after a proof",
        known(TRUSTED, match=disabled(ADA), proved_user_id="ada"),
        "account_disabled",
    ),
    (
        "a service account is not linked",
        known(TRUSTED, match=replace(ADA, service_of="x")),
        "account_disabled",
    ),
    ("an unverified address asks for a proof", known(TRUSTED, UNVERIFIED), "PROVE"),
    ("the proof links", known(TRUSTED, UNVERIFIED, proved_user_id="ada"), "LINK"),
    ("somebody else's proof does not", known(TRUSTED, UNVERIFIED, proved_user_id="bob"), "PROVE"),
    (
        "without anything to prove it with it is refused",
        known(TRUSTED, UNVERIFIED, match_can_prove=False),
        "account_not_linked",
    ),
    ("who is somebody else there already must prove it", known(TRUSTED, match_has_link=True), "PROVE"),
    (
        "an account with more rights than the owner must be proved",
        known(TRUSTED, match_outranks=True),
        "PROVE",
    ),
    (
        "an unproved domain among several organisations asks for a proof",
        known(TRUSTED, domain_is_open=True),
        "PROVE",
    ),
    ("the realm's own provider links an administrator", known(TRUSTED, match_administers=True), "LINK"),
    ("an organisation's never does", known(ORGANISATION, match_administers=True), "account_not_linked"),
    (
        "not even after a proof",
        known(ORGANISATION, match_administers=True, proved_user_id="ada"),
        "account_not_linked",
    ),
    ("an enterprise's never does", known(ENTERPRISE, match_administers=True), "account_not_linked"),
    ("an organisation's links everybody else", known(ORGANISATION), "LINK"),
    (
        "an organisation's untrusted one links nobody",
        known(replace(ORGANISATION, trusted=False)),
        "account_not_linked",
    ),
    ("an enterprise's is always trusted", known(ENTERPRISE), "LINK"),
    ("the platform's is always trusted", known(PLATFORM), "LINK"),
    ("the platform's links an administrator", known(PLATFORM, match_administers=True), "LINK"),
    ("the platform's asks for a proof of an unverified address", known(PLATFORM, UNVERIFIED), "PROVE"),
    ("a tenant that is not on the list asks for a proof", known(COMMON, new_tenant="tenant-b"), "PROVE"),
    ("the proof lets the tenant in", known(COMMON, new_tenant="tenant-b", proved_user_id="ada"), "LINK"),
    (
        "without anything to prove the tenant is refused",
        known(COMMON, new_tenant="tenant-b", match_can_prove=False),
        "tenant_not_allowed",
    ),
    ("a tenant that is on the list links", known(LISTED), "LINK"),
    ("a listed connection asks a new tenant for a proof too", known(LISTED, new_tenant="tenant-b"), "PROVE"),
    ("nobody has the address, and somebody new is made", facts(connection()), "ENROL"),
    ("without any address too", facts(connection(), replace(UNVERIFIED, email="")), "ENROL"),
    ("an organisation's provider makes people", facts(ORGANISATION), "ENROL"),
    ("an enterprise's provider makes people", facts(ENTERPRISE), "ENROL"),
    ("the platform's makes nobody", facts(PLATFORM), "person_not_here"),
    (
        "a connection for people who are here makes nobody",
        facts(connection(join="existing")),
        "person_not_here",
    ),
    ("where every tenant may come a new one makes people", facts(COMMON, new_tenant="tenant-b"), "ENROL"),
    (
        "where tenants are listed another one makes nobody",
        facts(LISTED, new_tenant="tenant-b"),
        "tenant_not_allowed",
    ),
    ("a listed tenant makes people", facts(LISTED), "ENROL"),
    ("an address of the domains makes people", facts(DOMAINS), "ENROL"),
    ("in any letter case", facts(DOMAINS, replace(IDENTITY, email="A@GLOBEX.example")), "ENROL"),
    ("an unverified address is of no domain", facts(DOMAINS, UNVERIFIED), "domain_not_allowed"),
    (
        "another domain makes nobody",
        facts(DOMAINS, replace(IDENTITY, email="a@evil.example")),
        "domain_not_allowed",
    ),
    (
        "a domain below is another one",
        facts(DOMAINS, replace(IDENTITY, email="a@x.acme.example")),
        "domain_not_allowed",
    ),
    (
        "a domain that ends alike is another one",
        facts(DOMAINS, replace(IDENTITY, email="a@notacme.example")),
        "domain_not_allowed",
    ),
    ("no address is of no domain", facts(DOMAINS, replace(IDENTITY, email="")), "domain_not_allowed"),
    ("without domains nobody is of them", facts(replace(DOMAINS, domains=())), "domain_not_allowed"),
]


def answer_of(decision: Decision) -> str:
    """The action, or the code of the refusal."""
    assert (decision.action == "DENY") is (decision.error is not None)
    return decision.error.code if decision.error is not None else decision.action


@pytest.mark.parametrize("sentence, given, answer", TABLE, ids=[row[0] for row in TABLE])
def test_it_is_decided(sentence: str, given: Facts, answer: str) -> None:
    decision = decide(given)
    assert answer_of(decision) == answer
    if decision.action in ("SIGN_IN", "LINK", "PROVE"):
        assert decision.user == (given.linked or given.match or given.holder)
    else:
        assert decision.user is None


def test_every_action_and_every_refusal_of_the_function_is_in_the_table() -> None:
    assert {answer for _, _, answer in TABLE} == {
        "SIGN_IN", "LINK", "PROVE", "ENROL", "account_disabled", "account_not_linked", "tenant_not_allowed",
        "person_not_here", "domain_not_allowed",
    }  # fmt: skip
    codes = {error.code for error in UPSTREAM_ERRORS}
    assert {answer for _, _, answer in TABLE if answer.islower()} <= codes


@pytest.mark.parametrize("surface", SURFACES)
def test_BR_03_every_surface_decides_about_administrators(surface: str) -> None:
    given = known(connection(surface=surface, trusted=True), match_administers=True)
    links = SURFACES[given.connection.surface].links_administrators
    assert answer_of(decide(given)) == ("LINK" if links else "account_not_linked")
    assert links is (surface in ("REALM", "PLATFORM"))


@pytest.mark.parametrize("surface", SURFACES)
def test_D3_every_surface_says_whether_new_people_are_made(surface: str) -> None:
    given = facts(connection(surface=surface))
    assert answer_of(decide(given)) == ("person_not_here" if surface == "PLATFORM" else "ENROL")
    narrowed = facts(connection(surface=surface, join="existing"))
    assert answer_of(decide(narrowed)) == "person_not_here"


@pytest.mark.parametrize("surface", SURFACES)
def test_D9_every_surface_says_whether_its_word_counts_unasked(surface: str) -> None:
    given = known(connection(surface=surface))
    expected = "LINK" if surface in ("ENTERPRISE", "PLATFORM") else "account_not_linked"
    assert answer_of(decide(given)) == expected


@pytest.mark.parametrize(
    "email, verified, answer",
    [
        ("a@acme.example", True, True), ("a@acme.example", False, False), ("acme.example", True, False),
        ("", True, False), ("a@acme.example.", True, False),
        ("a@аcme.example", True, False),
    ],
)  # fmt: skip
def test_D20_an_address_is_of_a_domain_letter_for_letter(email: str, verified: bool, answer: bool) -> None:
    identity = replace(IDENTITY, email=email, email_verified=verified)
    assert is_of_domains(identity, ("acme.example",)) is answer


def test_refusals_tell_administrators_what_was_expected_and_what_came() -> None:
    refused = decide(facts(DOMAINS, replace(IDENTITY, email="a@evil.example"))).error
    assert refused is not None
    assert (refused.expected, refused.came) == ("acme.example or Globex.Example", "a@evil.example")
    refused = decide(facts(LISTED, new_tenant="tenant-b")).error
    assert refused is not None
    assert (refused.expected, refused.came) == ("tenant-a", "tenant-b")
