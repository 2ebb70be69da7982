"""What an application remembers of the browsers that visit it."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from starlette.requests import Request
from starlette.responses import Response

from vestibule.practice.relying_party import Attempt, Person

MOST_VISITS = 10_000


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of one browser: a sign-in under way, who signed in, and whether they administer."""

    attempt: Attempt | None = None
    person: Person | None = None
    is_administrator: bool = False


@dataclass
class Visits:
    """Visits by cookie, the oldest forgotten when there are too many."""

    cookie: str
    own_url: str
    known: OrderedDict[str, Visit] = field(default_factory=OrderedDict)

    def of(self, request: Request) -> Visit:
        """What is known of this browser; an empty visit for a stranger."""
        return self.known.get(request.cookies.get(self.cookie, ""), Visit())

    def remember(self, request: Request, answer: Response, visit: Visit) -> Response:
        """Keeps the visit under a fresh cookie, so that a planted one is worth nothing."""
        self.known.pop(request.cookies.get(self.cookie, ""), None)
        cookie = secrets.token_urlsafe(32)
        self.known[cookie] = visit
        if len(self.known) > MOST_VISITS:
            self.known.popitem(last=False)
        is_secure = self.own_url.startswith("https://")
        answer.set_cookie(self.cookie, cookie, httponly=True, samesite="lax", secure=is_secure)
        return answer

    def end(self, request: Request) -> None:
        """Forgets this browser."""
        self.known.pop(request.cookies.get(self.cookie, ""), None)

    def end_session(self, session: str | None, subject: str | None) -> None:
        """Ends the visits of a session at the provider; without one, all of the person."""
        for cookie, visit in list(self.known.items()):
            claims = visit.person.claims if visit.person is not None else {}
            wanted = claims.get("sid") == session if session is not None else claims.get("sub") == subject
            if claims and wanted:
                del self.known[cookie]

    def end_attempts(self) -> None:
        """Forgets the sign-ins under way: what they were begun with holds no longer."""
        for cookie, visit in self.known.items():
            self.known[cookie] = replace(visit, attempt=None)

    def is_of_another_site(self, request: Request) -> bool:
        """Whether a page of another site sent the form. Without an origin no browser sent it."""
        return request.headers.get("origin") not in (None, "null", self.own_url)
