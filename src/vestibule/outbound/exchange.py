"""One HTTP request and its answer over a connection of its own; the only file that knows aiohttp."""

import socket
import ssl
import zlib
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from ipaddress import ip_address
from pathlib import Path

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from vestibule.domain.errors import UpstreamAnswerTooLarge, UpstreamUnreachable
from vestibule.domain.host_port import HostPort
from vestibule.domain.networks import Address
from vestibule.flows.ports import FetchResponse
from vestibule.outbound.target import Request

AUTOMATIC_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "Vestibule"}
ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS


class Exchange:
    """Sends requests. `ca_file` holds certificate authorities (PEM) to trust besides the system's."""

    def __init__(self, ca_file: Path | None) -> None:
        self._tls = ssl.create_default_context()
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        if ca_file is not None:
            try:
                self._tls.load_verify_locations(ca_file)
            except OSError as error:
                raise UpstreamUnreachable(
                    f"{ca_file} is no file of certificate authorities: {error}"
                ) from None

    async def __call__(
        self, request: Request, addresses: Sequence[Address], limit_bytes: int
    ) -> FetchResponse:
        """Sends the request to one of `addresses`, which were checked, and reads at most `limit_bytes`.

        Raises `UpstreamUnreachable`, `UpstreamAnswerTooLarge`; the time limit is the caller's.
        """
        place = request.target.place
        try:
            async with self._session(addresses) as session, _ask(session, request) as response:
                content = await _read(response.content, limit_bytes, place)
                coding = response.headers.get("Content-Encoding", "identity").lower()
                body = _decode(content, coding, limit_bytes, place)
                return FetchResponse(response.status, _combined(response), body)
        except (aiohttp.ClientError, OSError, RuntimeError) as error:  # uvloop raises RuntimeError for some
            raise UpstreamUnreachable(f"{place}: {_reason(error)}") from None

    def _session(self, addresses: Sequence[Address]) -> aiohttp.ClientSession:
        """A session for one request: no cookies, no environment, no kept connection, no other address."""
        connector = aiohttp.TCPConnector(
            resolver=_Pinned(addresses),
            socket_factory=_only_to(addresses),
            use_dns_cache=False,
            force_close=True,
            ssl=self._tls,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            trust_env=False,
            auto_decompress=False,
        )


def _ask(
    session: aiohttp.ClientSession, request: Request
) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
    target = request.target
    url = URL.build(
        scheme=target.scheme, host=target.place.host, port=target.place.port,
        path=target.path, query_string=target.query, encoded=True,
    )  # fmt: skip
    headers = {**AUTOMATIC_HEADERS, **request.headers}
    return session.request(request.method, url, headers=headers, data=request.body, allow_redirects=False)


class _Pinned(AbstractResolver):
    """Answers the addresses that were checked, so that the name is not looked up a second time (SF-04)."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self._addresses = addresses

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET6 if address.version == 6 else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""


def _only_to(addresses: Sequence[Address]) -> "aiohttp.SocketFactoryType":
    """The last gate: aiohttp asks no resolver for a literal address, but every connection needs a socket."""

    def make_socket(info: "aiohttp.AddrInfoType") -> socket.socket:
        family, kind, protocol, _, destination = info
        if ip_address(destination[0]) not in addresses:
            raise PermissionError(f"{destination[0]} was not checked")
        return socket.socket(family, kind, protocol)

    return make_socket


async def _read(content: aiohttp.StreamReader, limit_bytes: int, place: HostPort) -> bytes:
    read = bytearray()
    async for chunk in content.iter_any():
        read += chunk
        if len(read) > limit_bytes:
            raise UpstreamAnswerTooLarge(f"{place} sent more than {limit_bytes} bytes")
    return bytes(read)


def _decode(content: bytes, coding: str, limit_bytes: int, place: HostPort) -> bytes:
    """Undoes a content coding that was not asked for, without making more than the limit of it."""
    if coding == "identity" or not content:
        return content
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise UpstreamUnreachable(f"{place} used a content coding that was not asked for")
    inflate = zlib.decompressobj(ZLIB_OR_GZIP)
    try:
        decoded = inflate.decompress(content, limit_bytes + 1)
    except zlib.error:
        raise UpstreamUnreachable(f"{place} sent a damaged answer") from None
    if len(decoded) > limit_bytes:
        raise UpstreamAnswerTooLarge(f"{place} sent more than {limit_bytes} bytes, compressed")
    if not inflate.eof or inflate.unused_data:
        raise UpstreamUnreachable(f"{place} sent a damaged answer")
    return decoded


def _combined(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Header fields by lower-case name; repeated ones are joined (RFC 9110 section 5.3)."""
    fields: dict[str, list[str]] = {}
    for name, value in response.headers.items():
        fields.setdefault(name.lower(), []).append(value)
    return {name: ", ".join(values) for name, values in fields.items()}


def _reason(error: Exception) -> str:
    """What went wrong in fixed words. The text of other errors may quote what the peer sent (SF-07)."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        cause = error.certificate_error
        return f"certificate: {getattr(cause, 'verify_message', 'not valid')}"
    if isinstance(error, aiohttp.ClientSSLError):
        speaks_none = getattr(error.os_error, "reason", "") == "WRONG_VERSION_NUMBER"
        return "the port speaks no TLS" if speaks_none else "no TLS connection"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection: {error.os_error.strerror or 'refused'}"
    return type(error).__name__
