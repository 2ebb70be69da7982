"""Who somebody from a provider is here: one pure function for every surface (D3, D4, D9, D11, D20)."""

from dataclasses import dataclass
from typing import Literal

from vestibule.domain.connection import Connection, ExternalIdentity, Link
from vestibule.domain.errors import (
    AccountDisabled,
    AccountNotLinked,
    DomainNotAllowed,
    PersonNotHere,
    TenantNotAllowed,
    UpstreamError,
)
from vestibule.domain.user import User, fold

Action = Literal["SIGN_IN", "LINK", "PROVE", "ENROL", "DENY"]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the decision depends on.

    `link` is the living or dormant link of exactly this identity with its person. `match` is the person
    with the identity's address. `match_has_link` says that they are somebody else at this provider already,
    `match_administers` that they hold administrative rights, `match_outranks` that they have more of them
    than whoever owns the connection, `match_can_prove` that there is something to prove the account with.
    `domain_is_open` says that the address's domain is unproved in a realm of several organisations.
    `holder` is the one person who has the address without anybody having vouched for it, and who can prove
    their account by a factor of ours; `holder_administers` as above. With `declined` whoever came has said
    that the account is not theirs. `new_tenant` is the Entra tenant that is not on the connection's list.
    `proved_user_id` is whose account was proved in this attempt.
    """

    connection: Connection
    identity: ExternalIdentity
    link: Link | None = None
    linked: User | None = None
    match: User | None = None
    match_has_link: bool = False
    match_administers: bool = False
    match_outranks: bool = False
    match_can_prove: bool = False
    domain_is_open: bool = False
    holder: User | None = None
    holder_administers: bool = False
    declined: bool = False
    new_tenant: str = ""
    proved_user_id: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """SIGN_IN and LINK name the person, PROVE whose account must be proved first, DENY why."""

    action: Action
    user: User | None = None
    error: UpstreamError | None = None


def decide(facts: Facts) -> Decision:
    """Sign in, link, prove first, enrol, or deny. Absence of a rule is a denial."""
    if facts.linked is not None:
        return _decide_linked(facts, facts.linked)
    if facts.match is not None:
        return _decide_match(facts, facts.match)
    if facts.holder is not None and not facts.declined:
        return _decide_holder(facts, facts.holder)
    return _decide_new(facts)


def _decide_linked(facts: Facts, linked: User) -> Decision:
    """A link is enough; but it opens no connection to an Entra tenant that is off its list (RP-09)."""
    if _is_of_closed_tenant(facts):
        return _deny(_not_listed(facts))
    return _entering(linked, "SIGN_IN")


def _is_of_closed_tenant(facts: Facts) -> bool:
    """Whether the connection names the tenants whose people may come, and this is none of them."""
    return bool(facts.new_tenant and facts.connection.tenants)


def _not_listed(facts: Facts) -> TenantNotAllowed:
    listed = " or ".join(facts.connection.tenants)[:200]
    return TenantNotAllowed(expected=listed, came=facts.new_tenant)


def _entering(user: User, action: Action) -> Decision:
    """Nobody is let in, nor switched on again, by what a provider says of somebody disabled here (BR-17)."""
    if not user.enabled or user.service_of is not None:
        return _deny(AccountDisabled(f"{user.username} is disabled"))
    return Decision(action, user)


def _decide_match(facts: Facts, match: User) -> Decision:
    """The address is somebody's here: whether it may lead to their account (D9)."""
    connection = facts.connection
    if not connection.is_trusted:
        return _deny(AccountNotLinked(f"{connection.alias} is not trusted to link by e-mail"))
    if not match.counts_as_verified:
        return _deny(AccountNotLinked("the account's own address was never confirmed (BR-01)"))
    if facts.match_administers and not connection.policy.links_administrators:
        return _deny(AccountNotLinked("the account administers, and the connection is an organisation's"))
    entering = _entering(match, "LINK")
    if entering.action == "DENY" or facts.proved_user_id == match.id or not _needs_proof(facts):
        return entering
    if facts.match_can_prove:
        return Decision("PROVE", match)
    if facts.new_tenant:
        return _deny(TenantNotAllowed("nothing to prove the account with", came=facts.new_tenant))
    return _deny(AccountNotLinked("a proof of the account is needed, and there is nothing to prove it with"))


def _decide_holder(facts: Facts, holder: User) -> Decision:
    """An address that nobody vouched for reserves nothing (D20). But it may be the same person, who would get
    a second account without noticing: they are asked, and may say no. The address alone never links."""
    if facts.holder_administers and not facts.connection.policy.links_administrators:
        return _decide_new(facts)
    return _entering(holder, "LINK") if facts.proved_user_id == holder.id else Decision("PROVE", holder)


def _needs_proof(facts: Facts) -> bool:
    return (
        not facts.identity.email_verified
        or bool(facts.new_tenant)
        or facts.match_has_link
        or facts.match_outranks
        or facts.domain_is_open
    )


def _decide_new(facts: Facts) -> Decision:
    """Nobody here has the address: whether the connection makes new people (D3, D20)."""
    connection = facts.connection
    if not connection.policy.creates_people or connection.join == "existing":
        return _deny(PersonNotHere("the connection is for people who are here already"))
    if _is_of_closed_tenant(facts):
        return _deny(_not_listed(facts))
    if connection.join == "domains" and not is_of_domains(facts.identity, connection.domains):
        return _deny(
            DomainNotAllowed(expected=" or ".join(connection.domains)[:200], came=facts.identity.email)
        )
    return Decision("ENROL")


def is_of_domains(identity: ExternalIdentity, domains: tuple[str, ...]) -> bool:
    """Whether the provider vouches for an address in one of the domains, letter for letter but for case."""
    _, at, domain = fold(identity.email).rpartition("@")
    return bool(at) and identity.email_verified and domain in {fold(one) for one in domains}


def _deny(error: UpstreamError) -> Decision:
    return Decision("DENY", error=error)
