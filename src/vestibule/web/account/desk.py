"""Who stands at the account's desk: whoever holds a living session of the realm, and nobody else.

Without one the browser is sent to sign in and comes back; a form that was sent waits for it, and so it
does where the sign-in must be fresh. `?prompt=login` always asks for a sign-in (S001-34). A form must come
from a page of ours (AC-08).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.responses import Response

from vestibule.domain.administration import FRESH_SECONDS
from vestibule.domain.errors import SignInTooOld
from vestibule.flows.account.account import Account, find_account, is_fresh, wanted_factor
from vestibule.flows.administer.built_in import ACCOUNT
from vestibule.flows.own_sign_in import Wanted, begin
from vestibule.web.answers import see_other, set_cookie
from vestibule.web.call import Call
from vestibule.web.console.desk import BROWSER_COOKIE_SECONDS, check_own_page
from vestibule.web.console.drafts import Draft, keep_draft, keep_strangers_draft
from vestibule.web.sign_in_answers import realm_path

if TYPE_CHECKING:
    from starlette.types import ASGIApp


@dataclass(frozen=True, slots=True)
class AccountDesk:
    """One request of a person about themselves: the call, the account, and the form that was sent."""

    call: Call
    account: Account
    form: Mapping[str, str]

    @property
    def may_change(self) -> bool:
        """People may always change what the account's forms show."""
        return True

    @property
    def path(self) -> str:
        """The path of the account, without a slash at the end."""
        return account_home(self.call)

    def named(self, name: str) -> str:
        """A named step of the address."""
        return self.call.named[name]

    def done(self, path: str, notice: str = "") -> Response:
        """Back to a page, which says `notice` (a name of `notices.NOTICES`) when it opens."""
        return see_other(f"{path}?{urlencode({'done': notice})}" if notice else path)


PageHandler = Callable[[AccountDesk], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class AccountOperation:
    """A method of an account's address; `fresh_seconds` is how old the sign-in may be, 0 any age."""

    handler: PageHandler
    fresh_seconds: int = 0

    async def __call__(self, call: Call) -> "ASGIApp":
        form: Mapping[str, str] = {}
        if call.method == "POST":
            check_own_page(call)
            form = await call.single_form()
        elif call.query.get("prompt") == "login":
            return await _ask_anew(call)
        return await self.run(call, form)

    async def run(self, call: Call, form: Mapping[str, str]) -> Response:
        """The handler's answer; a redirect to the sign-in for whoever is not there, or not fresh enough."""
        account = await account_of(call)
        fresh = self.fresh_seconds
        if account is None or (fresh and not await is_fresh(account, fresh)):
            return await send_to_sign_in(call, account, form)
        return await self.handler(AccountDesk(call, account, form))


@dataclass(frozen=True, slots=True)
class AccountScript:
    """What a script of a sensitive page fetches: without a fresh session it is refused, not redirected."""

    handler: PageHandler

    async def __call__(self, call: Call) -> "ASGIApp":
        check_own_page(call)
        account = await account_of(call)
        if account is None or not await is_fresh(account):
            raise SignInTooOld("the page's session is over or too old")
        return await self.handler(AccountDesk(call, account, {}))


def own(handler: PageHandler) -> AccountOperation:
    """A page or form of a person about themselves."""
    return AccountOperation(handler)


def own_fresh(handler: PageHandler) -> AccountOperation:
    """One about what they sign in with, or where mail goes."""
    return AccountOperation(handler, FRESH_SECONDS)


def account_home(call: Call) -> str:
    """The path of the realm's account pages."""
    return f"{realm_path(call)}/account"


async def account_of(call: Call) -> Account | None:
    """Raises `RealmNotFound` where the realm is unknown or switched off."""
    deployment = call.context.deployment
    active = await deployment.settings.active_realm(call.realm_name)
    return await find_account(deployment, active, call.visitor())


async def send_to_sign_in(call: Call, account: Account | None, form: Mapping[str, str]) -> Response:
    """To the realm's sign-in page and back here; a form that was sent is kept meanwhile.

    With `account` it is a fresh proof of the same person, by a passkey where they have one.
    """
    deployment, draft = call.context.deployment, ""
    path, query = call.scope["path"], call.scope["query_string"].decode("latin-1")
    if call.method == "POST":
        sent = Draft(path, query, dict(form), call.realm_name)
        draft = await (
            keep_draft(deployment, sent)
            if account is not None
            else keep_strangers_draft(deployment, sent, call.address)
        )
    wanted = Wanted(ACCOUNT, call.target, draft=draft)
    if account is not None:
        wanted = Wanted(
            ACCOUNT, wanted.return_to, "login", account.user.id,
            await wanted_factor(deployment, account.active, account.user), draft, account.user.username,
        )  # fmt: skip
    return await _begin(call, wanted)


async def _ask_anew(call: Call) -> Response:
    """A sign-in, by whomever, whether or not somebody is signed in; then the same address without it."""
    query = urlencode({name: text for name, text in call.query.values.items() if name != "prompt"})
    path = call.scope["path"]
    return await _begin(call, Wanted(ACCOUNT, f"{path}?{query}" if query else path, prompt="login"))


async def _begin(call: Call, wanted: Wanted) -> Response:
    begun = await begin(call.context.deployment, call.realm_name, wanted, call.visitor())
    response = see_other(begun.url)
    if begun.browser is not None:
        set_cookie(call, response, "browser", begun.browser, BROWSER_COOKIE_SECONDS)
    return response
