"""The words of a test's report: its checks, its decision, what mappers made."""

from collections.abc import Iterator

from vestibule.domain.connection import ONBOARDING
from vestibule.domain.errors import DOMAIN_ERRORS, VestibuleError
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.connections.unread import sentence_of
from vestibule.flows.broker.trial import Check, MapperResult, Person, Report
from vestibule.web.console.identity_providers.mapper_forms import LABELS
from vestibule.web.console.identity_providers.places import Standing
from vestibule.web.console.views import Cell, Outcome, Status, Text
from vestibule.web.messages import message

PASSED, FAILED = message("Passed"), message("Failed")
NOT_BACK = message("Did not come back")
OUTCOMES = {
    "passed": Status(PASSED, "good"),
    "failed": Status(FAILED, "bad"),
    "not reached": Status(message("Not reached")),
    "noted": Status(message("Noted"), "warning"),
    "open": Status(NOT_BACK, "warning"),
}
OPEN = message("Nobody has come back from the provider.")
COMPARE = message(
    "The provider may have shown an error: compare this Redirect URI and the client ID with what is "
    "registered there."
)
CHECKS = {
    "metadata": message("The provider's metadata can be read"),
    "request": message("The provider takes the pushed authorization request"),
    "answer": message("The provider sends the person back with a code"),
    "token": message("The token endpoint gives tokens for the code"),
    "keys": message("The provider's keys can be read"),
    "signature": message("The ID token is signed with one of them"),
    "type": message("It is an ID token and nothing else"),
    "issuer": message("Its issuer is the one that is set"),
    "audience": message("It is made for this client ID"),
    "times": message("Its times fit this clock"),
    "nonce": message("It belongs to this sign-in"),
    "subject": message("It names its subject"),
    "access_token_hash": message("It belongs to the access token"),
    "authentication_time": message("The sign-in there is fresh"),
    "userinfo": message("The User Info Endpoint answers about the same person"),
    "identity": message("The claims say who the person is"),
    "email": message("The claims hold no e-mail address"),
    "next_secret": message("The client secret was refused, and the next secret works"),
    "groups": message("There were too many groups for the token, and they could not be fetched"),
    "decision": message("The person may come in"),
}
LAST_FAILED = message("The last sign-in through it failed, at {at}.")
NO_CLAIM = message("Mappers that found no claim: {count}")
LET_IT_SEND = message("Let the provider send {claims}, or name another claim in the mapper.")
ENTRA_GROUPS = message("groups did not come: in the Entra app, Token configuration > Add groups claim.")
ENTRA_OPTIONAL = message(
    "{claims} did not come: in the Entra app, Token configuration > Add optional claim > ID."
)
INSTEAD = message("{made} – {wanted} was not there; {used} was used.")
ADDRESS = message("The claims hold an e-mail address: {address}")
VERIFIED = {
    "verified": message("The address counts as verified here"),
    "not verified": message("The provider does not say that the address is verified"),
    "verified, not trusted": message("The address is verified there; this provider is not trusted with it"),
}
DECISIONS = {
    "SIGN_IN": message("{name} would sign in."),
    "LINK": message("{name} would be linked by the e-mail address, and sign in."),
    "PROVE": message("{name} would prove that the account is theirs, be linked, and sign in."),
    "ENROL": message("{name} would be a new person, and sign in."),
}
DUE = {
    "link_proof": message("First they would prove that the existing account is theirs."),
    "profile": message("They would be asked for their e-mail address, because none came."),
    "second_factor": message("They would be asked for their passkey after the provider."),
    "enrol_factor": message("They would set up a passkey after the provider."),
}
NOTHING = {
    "built in": message(
        "Sets up a passkey at a person's first entry, where the sign-in policy asks for one."
    ),
    "first only": message("Nothing: it works at a person's first sign-in only."),
    "absent": message("Nothing: the claim is not there."),
    "other value": message("Nothing: the claim has another value."),
    "overage": message("Nothing is changed: the groups did not come."),
    "unknown": message("Nothing: the role or group is not in this tenant."),
}
CALLED_OFF = message(
    "Whoever signed in called it off, or the provider does not let them use this application."
)
ELSEWHERE = message("Look into the provider's own log at this time; it sent what stands above.")
UNREACHED = message("Check the addresses under Advanced, and that this server reaches them.")
REMEDIES = {
    "upstream_access_denied": CALLED_OFF,
    "redirect_uri_refused": message("Register the redirect URI below at the provider, letter for letter."),
    "upstream_invalid_client": message("Enter the client secret anew: it is wrong or has expired."),
    "token_exchange_failed": ELSEWHERE,
    "upstream_error": ELSEWHERE,
    "id_token_invalid": ELSEWHERE,
    "nonce_mismatch": message("The provider, or something between, answered with another sign-in's token."),
    "signature_validation_failed": message(
        "Check that the JWKS Endpoint is this provider's, and which algorithm it signs with."
    ),
    "issuer_mismatch": message("Check the issuer: is the one that came the provider that you mean?"),
    "audience_mismatch": message("Check the client ID: the token was made for the one that came."),
    "id_token_expired": message("Compare the clocks of both servers."),
    "upstream_keys_unavailable": message("Check the JWKS Endpoint."),
    "userinfo_failed": message("Check the User Info Endpoint, and what the application may do there."),
    "subject_mismatch": message("Check the User Info Endpoint: it speaks of somebody else."),
    "missing_user_info": message("Let the provider send the e-mail address: add its scope or claim there."),
    "account_not_linked": message(
        "Switch on “Trust e-mail” if the provider may say whose an address is, or link the person on their "
        "page."
    ),
    "person_not_here": message("Add the person under Users, or choose who else may join."),
    "domain_not_allowed": message("Add the domain to this provider, if its people may come."),
    "tenant_not_allowed": message("Add the Entra tenant to this provider, if its people may come."),
    "account_disabled": message("The person is switched off under Users."),
    "upstream_timeout": UNREACHED,
    "upstream_unreachable": UNREACHED,
    "upstream_answer_too_large": ELSEWHERE,
}
"""By the error's name."""
FIELDS = {
    "username": message("Username"),
    "email": message("Email"),
    "emailVerified": message("Email verified"),
    "firstName": message("First name"),
    "lastName": message("Last name"),
}
YES, NO = Sentence(message("Yes")), Sentence(message("No"))
BUILT_IN = message("Built in")
SOMEBODY = "–"
ERRORS: dict[str, type[VestibuleError]] = {error.code: error for error in DOMAIN_ERRORS}


def result_of(report: Report) -> Status:
    """How the run ended, at a glance."""
    return OUTCOMES["passed" if report.passed else "open" if report.is_open else "failed"]


def verdict(report: Report) -> Text:
    """The result in one sentence: who would come in, or why nobody does."""
    if report.is_open:
        return Sentence(OPEN)
    if report.error:
        return sentence_of(_error_of(report.error))
    person = report.person
    name = (person.fields.get("username") if person is not None else "") or SOMEBODY
    return Sentence(DECISIONS.get(report.decision, DECISIONS["SIGN_IN"]), {"name": name})


def remedy(code: str) -> Sentence:
    """What an administrator can do about the error of this name. What it says to people sends them to the
    administrator."""
    return Sentence(REMEDIES.get(code) or _error_of(code).remedy)


def last_failure(standing: Standing) -> Outcome | None:
    """Why the last sign-in failed, with what can be done."""
    code = standing.failure
    if not code or standing.last_failure_at is None:
        return None
    at = f"{standing.last_failure_at:%Y-%m-%d %H:%M UTC}"
    title = Sentence(LAST_FAILED, {"at": at})
    facts = ((message("Error"), code),)
    return Outcome("bad", title, facts, (sentence_of(_error_of(code)), remedy(code)))


def mapper_notes(report: Report) -> Iterator[Sentence]:
    """How many mappers found no claim, and what can be done where the provider is to send it."""
    count = sum(one.why == "absent" for one in report.mappers)
    if count:
        yield Sentence(NO_CLAIM, {"count": count})
    lacking = dict.fromkeys(
        name for one in report.mappers if one.why == "absent" or one.instead for name in one.lacking
    )
    is_entra = report.provider == "entra"
    if is_entra and "groups" in lacking:
        yield Sentence(ENTRA_GROUPS)
    others = ", ".join(name for name in lacking if not (is_entra and name == "groups"))
    if others:
        yield Sentence(ENTRA_OPTIONAL if is_entra else LET_IT_SEND, {"claims": others})


def check_words(check: Check) -> Cell:
    """What the check is about, with what came where that is worth knowing."""
    if check.name == "mappers":
        return Sentence(NO_CLAIM, {"count": check.came})
    if check.name == "email" and check.came:
        return Sentence(ADDRESS, {"address": check.came})
    words = VERIFIED.get(check.came, "") if check.name == "email_verified" else CHECKS.get(check.name, "")
    return Sentence(words) if words else check.name


def made_words(result: MapperResult) -> Cell:
    """What the mapper made, or why it made nothing."""
    if result.made:
        made = ", ".join(
            name if value in ("role", "group") else f"{name}: {value}" for name, value in result.made.items()
        )
        wanted = ", ".join(result.lacking)
        words = {"made": made, "wanted": wanted, "used": result.instead}
        return Sentence(INSTEAD, words) if result.instead else made
    return Sentence(NOTHING.get(result.why, NOTHING["absent"]))


def kind_words(kind: str) -> Cell:
    """The mapper's type as the forms call it."""
    label = dict[str, str]((known, text) for known, text in LABELS.items()).get(kind, "")
    return Status(BUILT_IN) if kind == ONBOARDING else Sentence(label) if label else kind


def field_words(person: Person) -> list[tuple[Text, Cell]]:
    """The person's fields and attributes, each with its label."""
    facts: list[tuple[Text, Cell]] = []
    for name, label in FIELDS.items():
        value: Cell = person.fields.get(name) or None
        if name == "emailVerified":
            value = YES if value == "true" else NO
        facts.append((label, value))
    return [*facts, *((name, value or None) for name, value in person.attributes.items())]


def _error_of(code: str) -> type[VestibuleError]:
    return ERRORS.get(code, VestibuleError)
