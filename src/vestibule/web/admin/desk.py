"""Every method of the Admin API states the right it needs, and its caller is known before it runs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from vestibule.crypto.strict_json import read_json_object
from vestibule.domain.administration import Right
from vestibule.domain.errors import AccessDenied, BadInput, NotSignedIn, SignInTooOld
from vestibule.domain.listing import MOST_ROWS
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.token_actor import actor_of_token
from vestibule.representations.document import Document
from vestibule.web.answers import json_answer
from vestibule.web.call import Call
from vestibule.web.console.desk import target_realm

USUAL_ROWS = 100


@dataclass(frozen=True, slots=True)
class AdminCall:
    """One request to the Admin API."""

    call: Call
    at: Administration

    def named(self, name: str) -> str:
        """A named step of the address."""
        return self.call.named[name]

    def text(self, name: str) -> str:
        """A parameter of the query, empty where it is absent."""
        return self.call.query.get(name) or ""

    def flag(self, name: str, default: bool = False) -> bool:
        """A parameter that is true or false, in any case: Python's tools write `True`."""
        text = self.text(name).lower()
        if text not in ("", "true", "false"):
            raise BadInput(f"{name} must be true or false")
        return text == "true" if text else default

    def number(self, name: str, default: int, most: int) -> int:
        """A parameter that is a whole number from 0; more than `most` is `most`."""
        text = self.text(name)
        if not text:
            return default
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise BadInput(f"{name} must be a whole number")
        return min(int(text), most)

    @property
    def rows(self) -> tuple[int, int]:
        """`first` and `max` of a list; -1 stands for the most that is given at once."""
        asked = self.text("max")
        most = MOST_ROWS if asked == "-1" else self.number("max", USUAL_ROWS, MOST_ROWS)
        return self.number("first", 0, 10**9), most

    async def document(self) -> Document:
        """The JSON object or array of the body; no body is an empty object. Raises `BadInput`."""
        body = await self.call.body() or b"{}"
        try:
            read = read_json_object(b'{"body":' + body + b"}")
        except ValueError as error:
            raise BadInput(f"the body is not JSON that we read: {error}") from None
        if set(read) != {"body"}:
            raise BadInput("something follows the JSON of the body")
        return Document.of(read["body"])


ApiHandler = Callable[[AdminCall], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class ApiOperation:
    """A method of an address: the right it needs, and what `/api/docs` says of it.

    `takes` and `gives` name representations (`Client`, `[User]` for a list); blank: no body.
    """

    right: Right
    handler: ApiHandler
    summary: str
    takes: str = ""
    gives: str = ""
    is_fresh: bool = False

    async def __call__(self, call: Call) -> Response:
        text = bearer_of(call)
        realm = await target_realm(call)
        deployment = call.context.deployment
        actor = await actor_of_token(deployment, realm, text)
        if self.right not in actor.rights_in(realm):
            raise AccessDenied(f"{actor.user.username} lacks “{self.right}” in {realm.name}")
        if self.is_fresh and not actor.is_fresh(deployment.clock.now()):
            raise SignInTooOld(f"signed in at {actor.authenticated_at}")
        return await self.handler(AdminCall(call, Administration(deployment, actor, realm, call.machine())))


def bearer_of(call: Call) -> str:
    """The access token of the request. Raises `NotSignedIn`."""
    scheme, _, text = (call.authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise NotSignedIn("no bearer token")
    return text.strip()


def created(call: AdminCall, identifier: str) -> Response:
    """201 without a body; `Location` ends in the identifier, percent-encoded: any text can name a role."""
    path = quote(call.call.scope["path"].rstrip("/"))
    location = f"{call.call.context.origin}{path}/{quote(identifier, safe='')}"
    return Response(b"", 201, {"location": location, "cache-control": "no-store"})


def no_content() -> Response:
    """204: done, nothing to say."""
    return Response(b"", 204, {"cache-control": "no-store"})


def answered(body: Any) -> Response:
    """200 with JSON."""
    return json_answer(body)
