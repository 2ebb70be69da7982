"""The first step of the set-up: the public URL against the address that the browser used (D19)."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from vestibule.domain.redirect_uri import is_loopback_host
from vestibule.domain.sentence import Sentence
from vestibule.web.call import Call
from vestibule.web.messages import message
from vestibule.web.setup_views import Check

ADDRESS, ENCRYPTION, PASSKEYS = message("Public URL"), message("Encryption"), message("Passkeys")
GOOD, DIFFERS, LOCAL = message("Good"), message("Differs"), message("Local only")
MISSING, NO_PASSKEYS = message("Missing"), message("Do not work")
DEFAULT_PORTS = {"https": ":443", "http": ":80"}


def check_address(call: Call) -> tuple[Check, ...]:
    """The address, its encryption, and whether passkeys can be made for it."""
    return _public_url(call), _encryption(call), _passkeys(call)


def _public_url(call: Call) -> Check:
    url = call.context.deployment.public_url
    if _is_same(call):
        text = message("You came to {url}, which is the public URL.")
        return Check(ADDRESS, GOOD, "good", Sentence(text, {"url": url}))
    scheme = "http" if is_loopback_host(call.host.rpartition(":")[0] or call.host) else "https"
    return Check(
        ADDRESS, DIFFERS, "bad",
        Sentence(
            message("The public URL is {url}, but your browser asked for {host}."),
            {"url": url, "host": call.host or "–"},
        ),
        Sentence(
            message(
                "If {host} is right, set VESTIBULE_PUBLIC_URL={scheme}://{host} and start the service again. "
                "If the public URL is right, open this link there. Behind a reverse proxy, make it hand on "
                "the header Host."
            ),
            {"host": call.host or "–", "scheme": scheme},
        ),
    )  # fmt: skip


def _encryption(call: Call) -> Check:
    if call.context.is_secure:
        return Check(ENCRYPTION, GOOD, "good", Sentence(message("The public URL begins with https.")))
    if is_loopback_host(_public_host(call)):
        text = message("Without https, for trying it out: only browsers on this machine reach it.")
        remedy = message("For others, set VESTIBULE_PUBLIC_URL to an https address before you go on.")
        return Check(ENCRYPTION, LOCAL, "good", Sentence(text), Sentence(remedy))
    return Check(
        ENCRYPTION, MISSING, "bad",
        Sentence(message("The public URL begins with http: everybody on the way can read along.")),
        Sentence(message("Set VESTIBULE_PUBLIC_URL to an https address and start the service again.")),
    )  # fmt: skip


def _passkeys(call: Call) -> Check:
    host = _public_host(call)
    if _is_number(host):
        return Check(
            PASSKEYS, NO_PASSKEYS, "bad",
            Sentence(message("Browsers make no passkeys for {host}: it is no name."), {"host": host}),
            Sentence(message("Set VESTIBULE_PUBLIC_URL to an address with a host name, such as localhost.")),
        )  # fmt: skip
    if not _is_same(call):
        text = message("Passkeys are bound to {host}; here, at another address, they do not work.")
        return Check(PASSKEYS, NO_PASSKEYS, "bad", Sentence(text, {"host": host}))
    return Check(PASSKEYS, GOOD, "good", Sentence(message("Passkeys work here, for {host}."), {"host": host}))


def _is_same(call: Call) -> bool:
    parts = urlsplit(call.context.deployment.public_url)
    port = DEFAULT_PORTS[parts.scheme]
    return call.host.removesuffix(port) == parts.netloc.lower().removesuffix(port)


def _public_host(call: Call) -> str:
    return urlsplit(call.context.deployment.public_url).hostname or ""


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
