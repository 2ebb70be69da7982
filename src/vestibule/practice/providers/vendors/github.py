"""GitHub: OAuth 2.0 without OpenID Connect, so that the API says who somebody is.

Docs: "Authorizing OAuth apps", "Troubleshooting OAuth app access token request errors", REST: users, emails.
"""

from collections.abc import Sequence
from datetime import datetime

from vestibule.practice.providers.errors import ProtocolError
from vestibule.practice.providers.faults import Faults
from vestibule.practice.providers.grant import Grant, Server
from vestibule.practice.providers.people import Person
from vestibule.practice.providers.vendor import Claims, Resource, Vendor, email_verified_of

_ERROR_NAMES = {"invalid_grant": "bad_verification_code", "invalid_client": "incorrect_client_credentials"}


def _user(grant: Grant, faults: Faults) -> Claims:
    """GET /user."""
    person = grant.person
    is_private = "private_email" in faults or "no_email" in faults
    return {
        "login": person.id,
        "id": person.number,
        "node_id": f"U_{person.number}",
        "type": "User",
        "site_admin": False,
        "name": person.name,
        "company": None,
        "email": None if is_private else person.email,
        "created_at": "2019-02-03T04:05:06Z",
        "updated_at": "2026-01-02T03:04:05Z",
    }


def _emails(grant: Grant, faults: Faults) -> list[Claims]:
    """GET /user/emails, with the scope `user:email`: the primary address, and the one that hides it."""
    if not {"user", "user:email"} & set(grant.scopes):
        raise ProtocolError("not_found", "Not Found", 404)
    hidden = f"{grant.person.number}+{grant.person.id}@users.noreply.github.example"
    addresses = [_address(hidden, is_primary=False, verified=True, is_private=True)]
    if "no_email" not in faults:
        verified, is_private = email_verified_of(grant.person, faults), "private_email" in faults
        addresses.insert(0, _address(grant.person.email, True, verified, is_private))
    return addresses


def _address(email: str, is_primary: bool, verified: bool | str, is_private: bool) -> Claims:
    visibility = None if not is_primary else "private" if is_private else "public"
    return {"email": email, "primary": is_primary, "verified": verified, "visibility": visibility}


class GitHub(Vendor):
    """An OAuth app. The API, which GitHub has on a host of its own, answers at the same base."""

    kind = "github"
    name = "GitHub"
    is_oauth_only = True
    sends_issuer = False
    resources = (
        Resource("/user", "user", _user),
        Resource("/user/emails", "emails", _emails),
        Resource("/api/v3/user", "user", _user),
        Resource("/api/v3/user/emails", "emails", _emails),
    )

    def list_servers(self) -> Sequence[Server]:
        at = f"{self.base}/login/oauth"
        return [Server("", self.base, f"{at}/authorize", f"{at}/access_token", userinfo="", jwks="")]

    def new_client_id(self) -> str:
        return "Ov23liPracticeGitHub"

    def subject(self, person: Person, client_id: str) -> str:
        return str(person.number)

    def token_members(self, grant: Grant, faults: Faults) -> Claims:
        token_type = "mac" if "token_type_weird" in faults else "bearer"
        return {"scope": ",".join(grant.scopes), "token_type": token_type, "expires_in": None}

    def access_token(self, value: str) -> str:
        return f"gho_{value}"

    def refuse(self, error: ProtocolError, now: datetime) -> tuple[int, Claims]:
        """Errors of the token endpoint come with the status 200."""
        body = {
            "error": _ERROR_NAMES.get(error.code, error.code),
            "error_description": error.description,
            "error_uri": f"{self.base}/docs/oauth-errors",
        }
        return 200, body

    def refuse_access(self, error: ProtocolError) -> Claims:
        return {"message": error.description, "documentation_url": f"{self.base}/docs", "status": "401"}
