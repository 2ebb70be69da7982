"""What to do where the service may not call an address: a Platform Admin allows it, others ask one (D23)."""

from urllib.parse import urlencode

from vestibule.domain.errors import AddressNotAllowed
from vestibule.domain.host_port import HostPort
from vestibule.domain.redirect_uri import is_loopback_host
from vestibule.domain.sentence import Sentence
from vestibule.representations.opened_address import HOST, PORT
from vestibule.web.console.desk import Desk
from vestibule.web.console.views import Link
from vestibule.web.messages import message

ALLOW = message("Allow {host}, port {port}")
ALLOW_IT = message("Use a public address and the usual port, or allow this host and port for every tenant.")
LOCAL = message(
    "This address is on the server itself. The operator names a practice provider in VESTIBULE_PRACTICE, and "
    "anything else as {place} in VESTIBULE_OUTBOUND_ALLOW; a Platform Admin can allow it, too."
)
NEVER = message("Use a public address: this one is not called, whatever is allowed.")


def way_out(desk: Desk, place: HostPort | None) -> tuple[Sentence, tuple[Link, ...]]:
    """The sentence, and for whoever may allow it the link to the form, which opens in a window of its own so
    that what was typed stays. `place` is None where nothing opens the address."""
    if place is None:
        return Sentence(NEVER), ()
    local = Sentence(LOCAL, {"place": str(place)}) if is_loopback_host(place.host) else None
    if not desk.at.may("make realms"):
        return local or Sentence(AddressNotAllowed.remedy), ()
    query = urlencode({HOST: place.host, PORT: place.port})
    url = f"{desk.call.context.base_path}/platform/outbound?{query}"
    label = Sentence(ALLOW, {"host": place.host, "port": str(place.port)})
    return local or Sentence(ALLOW_IT), (Link(label, url, is_external=True),)
