"""What a request demands of the sign-in: freshness, person, and authentication context class."""

from datetime import datetime, timedelta

from vestibule.domain.realm import Realm
from vestibule.domain.session import satisfies
from vestibule.flows.ports import SignedIn
from vestibule.oidc.authorize import AuthorizationRequest
from vestibule.oidc.errors import UnmetAuthenticationRequirements


def must_sign_in(
    request: AuthorizationRequest, realm: Realm, signed_in: SignedIn, wanted: str | None, now: datetime
) -> bool:
    """Whether the session does not answer the request and the person must sign in again.

    `max_age=0` is `prompt=login` (OpenID Connect Core 1.0 section 3.1.2.1).
    """
    session = signed_in.session
    too_old = request.max_age is not None and now - session.authenticated_at >= timedelta(
        seconds=request.max_age
    )
    return (
        not signed_in.user.enabled
        or bool(request.prompt & {"login", "select_account"})
        or too_old
        or not meets_essential_acr(request, session.acr)
        or wishes_for_more(request, realm, session.acr)
        or (wanted is not None and wanted != signed_in.user.id)
    )


def meets_essential_acr(request: AuthorizationRequest, acr: str) -> bool:
    """Whether `acr` answers an essential `acr` of the claims parameter (Core section 5.5.1.1)."""
    claims = request.claims
    return not (claims.acr_essential and claims.acr_values) or any(
        satisfies(acr, want) for want in claims.acr_values
    )


def wishes_for_more(request: AuthorizationRequest, realm: Realm, acr: str) -> bool:
    """Whether `acr_values` names only classes above `acr`, one of which can be reached here.

    It is a wish (Core section 3.1.2.1): the person is asked once, and whatever comes of it is taken.
    """
    reachable = [want for want in request.acr_values if satisfies(best_acr(realm), want)]
    is_met = not reachable or any(satisfies(acr, want) for want in reachable)
    return not is_met and "none" not in request.prompt


def best_acr(realm: Realm) -> str:
    """The strongest class that a way of signing in to this realm reaches."""
    return "phr" if realm.sign_in.passkey else "1"


def check_reachable(request: AuthorizationRequest, realm: Realm) -> None:
    """Refuses an essential `acr` that no way of signing in to this realm reaches (AZ-10)."""
    best = best_acr(realm)
    if not meets_essential_acr(request, best):
        raise UnmetAuthenticationRequirements(
            f"wanted one of {request.claims.acr_values}, best here is {best}"
        )
