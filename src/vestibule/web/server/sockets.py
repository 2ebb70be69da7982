"""Addresses that the service listens on."""

import errno
import socket

_NOT_OFFERED_HERE = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})


class ListenError(Exception):
    """An address cannot be listened on; the text names the address and the reason."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"Cannot listen on {write_address(host, port)}: {reason}.")


def write_address(host: str, port: int) -> str:
    """`host:port`, with an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def bind(host: str, port: int) -> list[socket.socket]:
    """Sockets bound, not yet listening, to every address of the host; raises ListenError.

    Of a name such as `localhost` one address is enough where the machine does not offer the others. With
    port 0 the system chooses for the first address, and the others take the same port.
    """
    bound: list[socket.socket] = []
    reason = "the name has no address"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in found:
            chosen = bound[0].getsockname()[1] if bound else port
            try:
                bound.append(_bind(family, (address[0], chosen, *address[2:])))
            except OSError as error:
                if error.errno not in _NOT_OFFERED_HERE:
                    raise
                reason = describe(error)
    except OSError as error:
        close(bound)
        raise ListenError(host, port, describe(error)) from error
    if not bound:
        raise ListenError(host, port, reason)
    return bound


def close(sockets: list[socket.socket]) -> None:
    """Close sockets that were bound in vain."""
    for each in sockets:
        each.close()


def _bind(family: int, address: tuple[str | int, ...]) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    bound.setblocking(False)
    return bound


def describe(error: OSError) -> str:
    """The system's reason, to stand inside a sentence."""
    return (error.strerror or str(error)).lower()
