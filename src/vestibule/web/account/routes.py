"""The account's addresses. What is sensitive asks for a fresh sign-in already where it is opened."""

from vestibule.flows.account.linked import LINK_SECONDS
from vestibule.web.account import (
    activity,
    applications,
    entering,
    linked,
    methods,
    passkeys,
    profile,
    sessions,
)
from vestibule.web.account.desk import AccountOperation, AccountScript, own, own_fresh
from vestibule.web.errors import Surface
from vestibule.web.routing import Handler, Route

BASE = "/realms/{realm}/account"


def page(path: str, surface: Surface = "page", **methods: Handler) -> Route:
    """An address of a person's own account."""
    return Route(BASE + path, surface, "the person", methods)


METHODS = "/sign-in-methods"
PASSKEY = f"{METHODS}/passkeys/{{passkey}}"
LINKED = "/linked-accounts"

LINK = AccountOperation(linked.take_link, LINK_SECONDS)
"""A new way in: the sign-in must be of the last five minutes (BR-07)."""

ACCOUNT_ROUTES = (
    Route(f"{BASE}/callback", "page", "a browser", {"GET": entering.callback}),
    Route(f"{BASE}/sign-out", "page", "a browser", {"POST": entering.sign_out}),
    Route(f"{BASE}/signed-out", "page", "anyone", {"GET": entering.signed_out}),
    page("/resume", GET=own(entering.ask_to_resume), POST=own(entering.resume)),
    page("", GET=own(profile.show_profile), POST=own(profile.take_profile)),
    page("/email", GET=own_fresh(profile.show_address), POST=own_fresh(profile.take_address)),
    page("/email/confirmation", POST=own(profile.take_confirmation)),
    page(METHODS, GET=own(methods.show_methods)),
    page(f"{METHODS}/password", GET=own_fresh(methods.show_password), POST=own_fresh(methods.take_password)),
    page(f"{METHODS}/passkeys/new", GET=own_fresh(passkeys.show_new), POST=own_fresh(passkeys.take_new)),
    page(f"{METHODS}/passkeys/options", "plain", POST=AccountScript(passkeys.options)),
    page(PASSKEY, GET=own_fresh(passkeys.show_passkey), POST=own_fresh(passkeys.take_name)),
    page(f"{PASSKEY}/delete", POST=own_fresh(passkeys.take_removal)),
    page(
        f"{METHODS}/after-provider", GET=own(methods.show_back), POST=own_fresh(methods.take_after_provider)
    ),
    page(LINKED, GET=own(linked.show_linked)),
    page(f"{LINKED}/{{alias}}/link", GET=own(linked.show_back), POST=LINK),
    page(f"{LINKED}/{{alias}}/unlink", GET=own(linked.show_back), POST=own_fresh(linked.take_unlink)),
    page("/sessions", GET=own(sessions.show_sessions)),
    page("/sessions/end-others", POST=own(sessions.take_others)),
    page("/sessions/{session}/end", POST=own(sessions.take_end)),
    page("/applications", GET=own(applications.show_applications)),
    page("/applications/{client}/remove", POST=own(applications.take_removal)),
    page("/activity", GET=own(activity.show_activity)),
)
