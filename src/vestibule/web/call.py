"""One HTTP request as the handlers see it: strictly read, with limits, each part only when asked for."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import quote, unquote_to_bytes

from starlette.types import Receive, Scope

from vestibule.domain.errors import VestibuleError
from vestibule.flows.deployment import Visitor
from vestibule.oidc.authorize import Parameters
from vestibule.oidc.errors import InvalidRequest
from vestibule.web.context import Context
from vestibule.web.pages import choose_locale

BODY_LIMIT = 64 * 1024
FIELD_LIMIT = 100
FORM = b"application/x-www-form-urlencoded"


class Call:
    """A request. `named` holds the named steps of its address; `realm_name` is the one called `realm`,
    empty where the address has none."""

    def __init__(self, context: Context, scope: Scope, receive: Receive, named: Mapping[str, str]) -> None:
        self.context = context
        self.scope = scope
        self.named = named
        self.realm_name = named.get("realm", "")
        self.locale = ""
        self.error: VestibuleError | None = None
        self.method: str = scope["method"]
        """The HTTP method in capitals."""
        self._receive = receive
        self._reference = ""
        self._query: Parameters | None = None
        self._cookies: dict[str, list[str]] | None = None

    @property
    def reference(self) -> str:
        """What finds the log line of this request: shown on error pages, stored with events."""
        if not self._reference:
            self._reference = secrets.token_hex(6)
        return self._reference

    def failed(self, error: VestibuleError) -> None:
        """Remembers the named error of this request for its log line."""
        self.error = error

    def header(self, name: bytes) -> str | None:
        """The first header of this lower-case name."""
        for key, value in self.scope["headers"]:
            if key == name:
                text: str = value.decode("latin-1")
                return text
        return None

    @property
    def authorization(self) -> str | None:
        """The header of this name. Raises `InvalidRequest` where there are two (CA-02)."""
        found = [value for key, value in self.scope["headers"] if key == b"authorization"]
        if len(found) > 1:
            raise InvalidRequest("more than one Authorization header")
        return found[0].decode("latin-1") if found else None

    def cookie(self, name: str) -> str | None:
        """A cookie's value; None where it is absent, empty, or sent twice (SE-03)."""
        if self._cookies is None:
            self._cookies = self._read_cookies()
        values = self._cookies.get(name, ())
        return values[0] if len(values) == 1 and values[0] else None

    def _read_cookies(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, value in self.scope["headers"]:
            if key == b"cookie":
                for part in value.decode("latin-1").split(";"):
                    name, equals, text = part.partition("=")
                    if equals:
                        found.setdefault(name.strip(), []).append(text.strip())
        return found

    @property
    def query(self) -> Parameters:
        """The query string. Raises `InvalidRequest` for anything that is not UTF-8 text."""
        if self._query is None:
            self._query = read_parameters(self.scope["query_string"])
        return self._query

    @property
    def target(self) -> str:
        """The path as addresses write it, with the query: where a browser is sent to come back here."""
        path, query = quote(self.scope["path"]), self.scope["query_string"].decode("latin-1")
        return f"{path}?{query}" if query else path

    def moved(self, path: str, query: str, named: Mapping[str, str]) -> "Call":
        """The same request as if it had been sent to another address, without its body."""
        scope = {**self.scope, "path": path, "query_string": query.encode("latin-1")}
        return Call(self.context, scope, self._receive, named)

    async def body(self) -> bytes:
        """The body, at most 64 kB; the server has refused a longer one before."""
        chunks, size = [], 0
        while True:
            message = await self._receive()
            if message["type"] != "http.request":
                raise InvalidRequest("the client went away in the middle of the body")
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > BODY_LIMIT:
                raise InvalidRequest("the body is longer than 64 kB")
            chunks.append(chunk)
            if not message.get("more_body", False):
                return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def form(self) -> Parameters:
        """The url-encoded form of the body, each name with its value."""
        for key, value in self.scope["headers"]:
            if key == b"content-type" and value.partition(b";")[0].strip().lower() != FORM:
                raise InvalidRequest("the body must be application/x-www-form-urlencoded")
        return read_parameters(await self.body())

    async def single_form(self) -> Mapping[str, str]:
        """The form with every name at most once (RFC 6749 section 3.2); of `resource` the first."""
        form = await self.form()
        if form.repeated or len(form.resources) > 1:
            raise InvalidRequest(f"repeated: {', '.join(sorted(form.repeated)) or 'resource'}")
        return form.values if not form.resources else {**form.values, "resource": form.resources[0]}

    def cookie_name(self, kind: str, realm_name: str = "") -> str:
        """`browser`, or `session` and `console` whose names carry the realm (D16), `__Host-` over https."""
        realm = f"_{realm_name or self.realm_name}" if kind != "browser" else ""
        return f"{self.context.cookie_prefix}{kind}{realm}"

    def visitor(self) -> Visitor:
        """The person's browser that is asking, for the flows."""
        return Visitor(
            self.address,
            (self.header(b"user-agent") or "")[:255],
            self.reference,
            self.cookie(self.cookie_name("browser")),
            self.cookie(self.cookie_name("session")),
        )

    def visitor_of(self, realm_name: str) -> Visitor:
        """As `visitor`, where the address does not name the realm whose session is meant."""
        session = self.cookie(self.cookie_name("session", realm_name))
        return replace(self.visitor(), session=session)

    def machine(self) -> Visitor:
        """The program that is asking: its cookies, if it has any, say nothing."""
        return Visitor(self.address, (self.header(b"user-agent") or "")[:255], self.reference)

    @property
    def address(self) -> str:
        """The peer's address, or what trusted proxies say of it: the nearest hop that is not one of them."""
        client = self.scope.get("client")
        peer = client[0] if client else ""
        if not self.context.trusted_proxies or not self._is_trusted(peer):
            return peer
        hops = [hop.strip() for hop in (self.header(b"x-forwarded-for") or "").split(",") if hop.strip()]
        for hop in reversed(hops):
            if not self._is_trusted(hop):
                return hop if _is_address(hop) else peer
        return peer

    @property
    def host(self) -> str:
        """Host and port that the browser addressed, by what a trusted proxy says of it, else by `Host`."""
        peer = (self.scope.get("client") or ("",))[0]
        told = self.header(b"x-forwarded-host") if self._is_trusted(peer) else None
        return (told or self.header(b"host") or "").partition(",")[0].strip().lower()

    def _is_trusted(self, address: str) -> bool:
        return _is_address(address) and any(
            ip_address(address) in network for network in self.context.trusted_proxies
        )

    def choose_locale(self, ui_locales: str = "") -> str:
        """The page's language: what the application asked for, else what the browser prefers."""
        return self.locale or choose_locale(ui_locales, self.header(b"accept-language"))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def read_parameters(encoded: bytes) -> Parameters:
    """Reads a url-encoded string. Empty values count as absent (RFC 6749 section 3.1).

    Raises `InvalidRequest` for more than 100 fields, for what is not UTF-8, and for NUL.
    """
    fields = [field for field in encoded.split(b"&") if field]
    if len(fields) > FIELD_LIMIT:
        raise InvalidRequest(f"more than {FIELD_LIMIT} parameters")
    values: dict[str, str] = {}
    seen: set[str] = set()
    repeated: set[str] = set()
    resources: list[str] = []
    for field in fields:
        raw_name, _, raw_value = field.partition(b"=")
        name, value = _decode(raw_name), _decode(raw_value)
        if name == "resource":
            resources.append(value)
            continue
        if name in seen:
            repeated.add(name)
        seen.add(name)
        if value:
            values[name] = value
    return Parameters(values, frozenset(repeated), tuple(resources))


def _decode(raw: bytes) -> str:
    """One name or value. Most hold nothing to decode, and then nothing is done."""
    try:
        if b"%" in raw or b"+" in raw:
            text = unquote_to_bytes(raw.replace(b"+", b" ")).decode()
        else:
            text = raw.decode("ascii")
    except UnicodeDecodeError:
        raise InvalidRequest("a parameter is not url-encoded UTF-8") from None
    if "\0" in text:
        raise InvalidRequest("a parameter holds NUL")
    return text
