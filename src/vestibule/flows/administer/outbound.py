"""Opening an address inside of the network to outgoing requests, and closing it again (D23).

It is open to every tenant: whoever administers the platform decides, one host and port at a time.
"""

from vestibule.domain.errors import AlreadyHere, NotHere
from vestibule.domain.host_port import HostPort, read_host_port
from vestibule.domain.opened_address import OpenedAddress
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.administration import Administration
from vestibule.flows.opened_addresses import keep_opened, opened_addresses
from vestibule.flows.ports import Store
from vestibule.representations.document import Document
from vestibule.representations.mistake import BadDocument
from vestibule.representations.opened_address import HOST, read_note, read_place, write_opened_address

MOST = 100


async def list_opened(at: Administration) -> tuple[OpenedAddress, ...]:
    """What is open, by host and port."""
    return await opened_addresses(at.deployment.storage)


async def allow_address(at: Administration, document: Document) -> OpenedAddress:
    """Opens exactly this host and port. Raises `BadDocument`, also for one too many, and `AlreadyHere`."""
    place, note = read_place(document.root), read_note(document.root)
    opened = OpenedAddress(place.host, place.port, at.actor.user.username, at.now, note)
    event = at.change("CREATE", "OUTBOUND_ADDRESS", path_of(place), None, write_opened_address(opened))

    async def step(store: Store) -> None:
        present = await opened_addresses(store)
        if any(one.place == place for one in present):
            raise AlreadyHere(f"{place} is open", HOST)
        if len(present) >= MOST:
            sentence = Sentence("{most} addresses are the most. Withdraw one of them first.", {"most": MOST})
            raise BadDocument(sentence, (HOST,))
        await keep_opened(store, (*present, opened))
        await store.add_event(event)

    await at.deployment.storage.transaction(step)
    return opened


async def find_opened(at: Administration, text: str) -> OpenedAddress:
    """The one that `host:port` names. Raises `NotHere`."""
    return _found(await list_opened(at), text)


async def withdraw_address(at: Administration, text: str) -> None:
    """Closes what `host:port` names: here at once, at other nodes within a second. Raises `NotHere`."""
    opened = await find_opened(at, text)
    event = at.change("DELETE", "OUTBOUND_ADDRESS", path_of(opened.place), write_opened_address(opened))

    async def step(store: Store) -> None:
        present = await opened_addresses(store)
        gone = _found(present, text)
        await keep_opened(store, (one for one in present if one != gone))
        await store.add_event(event)

    await at.deployment.storage.transaction(step)


def path_of(place: HostPort) -> str:
    """How events name it."""
    return f"outbound-addresses/{place}"


def _found(present: tuple[OpenedAddress, ...], text: str) -> OpenedAddress:
    try:
        place = read_host_port(text)
    except ValueError:
        raise NotHere("what is named is not host:port") from None
    for one in present:
        if one.place == place:
            return one
    raise NotHere(f"{place} is not open")
