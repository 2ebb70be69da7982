"""The addresses of the realm settings. Policies, keys and secrets ask for a fresh sign-in (D17)."""

from vestibule.web.console.desk import ConsoleOperation, change, change_fresh, see
from vestibule.web.console.settings import branding, general, keys, mail, policy, tokens
from vestibule.web.console.settings.frame import show_tab
from vestibule.web.routing import Handler, Route

BASE = "/console/{realm}/settings"


def _page(path: str, **methods: Handler) -> Route:
    return Route(BASE + path, "page", "an administrator", methods)


ROUTES: tuple[Route, ...] = (
    _page("", GET=see(general.show_general), POST=change(general.take_general)),
    _page(
        "/delete", GET=see(show_tab), POST=ConsoleOperation("make realms", general.take_delete, is_fresh=True)
    ),
    _page("/sign-in", GET=see(policy.show_policy), POST=change_fresh(policy.take_policy)),
    _page("/keys", GET=see(keys.show_keys)),
    _page("/keys/roll-over", GET=see(show_tab), POST=change_fresh(keys.take_roll_over)),
    _page("/tokens", GET=see(tokens.show_tokens), POST=change_fresh(tokens.take_tokens)),
    _page("/mail", GET=see(mail.show_mail), POST=change_fresh(mail.take_mail)),
    _page("/branding", GET=see(branding.show_branding), POST=change(branding.take_branding)),
)
