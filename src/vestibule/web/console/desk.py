"""Who stands at the console's desk: each page and form states the right it needs, and gets here first.

Without a session the browser is sent to sign in and comes back; a form that was sent waits for it. What
is sensitive asks for a sign-in of the last quarter of an hour, by the strongest factor of the person
(D17). A form must come from a page of ours (AC-08).
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.responses import Response

from vestibule.domain.administration import Right
from vestibule.domain.errors import AccessDenied, CrossSiteRequest, RealmNotFound, SignInTooOld
from vestibule.domain.realm import MASTER, Realm
from vestibule.flows.administer.administration import Actor, Administration
from vestibule.flows.administer.built_in import CONSOLE
from vestibule.flows.administer.console_session import find_actor
from vestibule.flows.own_sign_in import Wanted, begin
from vestibule.web.answers import see_other, set_cookie
from vestibule.web.call import Call
from vestibule.web.console.drafts import Draft, keep_draft, keep_strangers_draft

if TYPE_CHECKING:
    from starlette.types import ASGIApp

BROWSER_COOKIE_SECONDS = 365 * 86400
LOCAL_PATH = re.compile(r"/(?:[^\x00-\x20/\\][^\x00-\x20\\]*)?")


@dataclass(frozen=True, slots=True)
class Desk:
    """One request at the console: the call, who administers what, and the form that was sent."""

    call: Call
    at: Administration
    form: Mapping[str, str]

    @property
    def realm(self) -> Realm:
        """The realm that is administered."""
        return self.at.realm

    @property
    def may_change(self) -> bool:
        """Whether forms can be sent, or only read."""
        return self.at.may("change")

    @property
    def path(self) -> str:
        """The path of this realm's console, without a slash at the end."""
        return f"{self.call.context.base_path}/console/{self.realm.name}"

    def named(self, name: str) -> str:
        """A named step of the address."""
        return self.call.named[name]

    def done(self, path: str, notice: str = "") -> Response:
        """Back to a page, which says `notice` (a name of `notices.NOTICES`) when it opens."""
        separator = "&" if "?" in path else "?"
        return see_other(f"{path}{separator}{urlencode({'done': notice})}" if notice else path)


PageHandler = Callable[[Desk], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class ConsoleOperation:
    """A method of a console address: the right that it needs, and whether the sign-in must be fresh."""

    right: Right
    handler: PageHandler
    is_fresh: bool = False

    async def __call__(self, call: Call) -> "ASGIApp":
        form: Mapping[str, str] = {}
        if call.method == "POST":
            check_own_page(call)
            form = await call.single_form()
        return await self.run(call, form)

    async def run(self, call: Call, form: Mapping[str, str]) -> Response:
        """The handler's answer for whoever may; a redirect to the sign-in for whoever is not there yet."""
        realm = await target_realm(call)
        deployment = call.context.deployment
        actor, is_allowed = await find_actor(deployment, realm, console_cookies(call, realm), self.right)
        if actor is None:
            return await send_to_sign_in(call, realm, None, form)
        if not is_allowed:
            raise AccessDenied(
                f"{actor.user.username} of {actor.home.name} lacks “{self.right}” in {realm.name}"
            )
        if self.is_fresh and not actor.is_fresh(deployment.clock.now()):
            return await send_to_sign_in(call, realm, actor, form)
        at = Administration(deployment, actor, realm, call.visitor())
        try:
            return await self.handler(Desk(call, at, form))
        except SignInTooOld:  # what it is about turned out to be sensitive
            return await send_to_sign_in(call, realm, actor, form)


def see(handler: PageHandler) -> ConsoleOperation:
    """A page for whoever may see the realm."""
    return ConsoleOperation("see", handler)


def change(handler: PageHandler) -> ConsoleOperation:
    """A form of whoever may change the realm."""
    return ConsoleOperation("change", handler)


def change_fresh(handler: PageHandler) -> ConsoleOperation:
    """A form about secrets, policies or roles (D17)."""
    return ConsoleOperation("change", handler, is_fresh=True)


async def target_realm(call: Call) -> Realm:
    """The realm in the address, disabled or not; the platform's own where there is none."""
    name = call.realm_name or MASTER
    realm = await call.context.deployment.storage.realm_by_name(name)
    if realm is None:
        raise RealmNotFound(f"{name[:100]!r} is unknown")
    return realm


def console_cookies(call: Call, realm: Realm) -> tuple[tuple[str, str | None], ...]:
    """The console sessions of this browser that can reach the realm: its own, then the platform's."""
    names = (realm.name,) if realm.name == MASTER else (realm.name, MASTER)
    return tuple((name, call.cookie(call.cookie_name("console", name))) for name in names)


def check_own_page(call: Call) -> None:
    """Console pages tell their origin, so that a form must bring it or the browser's word (AC-08)."""
    site, origin = call.header(b"sec-fetch-site"), call.header(b"origin")
    if site not in (None, "same-origin") or origin not in (None, call.context.origin):
        raise CrossSiteRequest(f"sec-fetch-site {site!r:.40}, origin {origin!r:.200}")
    if site is None and origin is None:
        raise CrossSiteRequest("neither Origin nor Sec-Fetch-Site says where the form comes from")


async def send_to_sign_in(call: Call, realm: Realm, actor: Actor | None, form: Mapping[str, str]) -> Response:
    """To the realm's sign-in page, and back here; a form that was sent is kept meanwhile.

    With `actor` it is a fresh proof of the same person, by a passkey where they have one.
    """
    deployment = call.context.deployment
    home = actor.home if actor is not None else realm
    path = call.scope["path"]
    query = call.scope["query_string"].decode("latin-1")
    draft = ""
    if call.method == "POST":
        sent = Draft(path, query, dict(form), realm.name)
        draft = await (
            keep_draft(deployment, sent)
            if actor is not None
            else keep_strangers_draft(deployment, sent, call.address)
        )
    acr, hint = "", ""
    if actor is not None:
        has_passkey = home.sign_in.passkey and await deployment.storage.passkeys(actor.user.id)
        acr = "phr" if has_passkey else ""
        hint = actor.user.username
    wanted = Wanted(
        client_id=CONSOLE,
        return_to=call.target,
        prompt="login" if actor is not None else "",
        user_id=actor.user.id if actor is not None else "",
        acr=acr,
        draft=draft,
        login_hint=hint,
    )
    begun = await begin(deployment, home.name, wanted, call.visitor())
    response = see_other(begun.url)
    if begun.browser is not None:
        set_cookie(call, response, "browser", begun.browser, BROWSER_COOKIE_SECONDS)
    return response


def local_path(text: str, default: str) -> str:
    """`text` where it is a path of this host, else `default`: no redirect leads away."""
    return text if LOCAL_PATH.fullmatch(text) else default
