"""A browser without JavaScript: cookies, redirects within the service, and plain HTML forms."""

import base64
import hashlib
import os
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx


@dataclass
class Form:
    """A form of a page: where it posts, and the values that it would send without its buttons."""

    action: str = ""
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []
        self._open = ""  # the name of the select or textarea that is being read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values.get("action", ""), values.get("method", "get")))
        elif tag == "option" and self._open:
            self._choose(values.get("value", ""), is_chosen="selected" in values)
        elif self.forms and values.get("name"):
            self._add(tag, values)

    def _add(self, tag: str, values: dict[str, str]) -> None:
        form, name = self.forms[-1], values["name"]
        if tag == "button":
            form.buttons[name] = values.get("value", "")
        elif tag == "input" and (values.get("type") not in ("checkbox", "radio") or "checked" in values):
            form.fields[name] = values.get("value", "")
        elif tag in ("select", "textarea"):
            self._open = name
            if tag == "textarea":
                form.fields[name] = ""

    def _choose(self, value: str, *, is_chosen: bool) -> None:
        fields = self.forms[-1].fields
        if is_chosen or self._open not in fields:
            fields[self._open] = value

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self._open = ""

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._open and self.forms and self.lasttag == "textarea":
            self.forms[-1].fields[self._open] += data.removeprefix("\n")


def forms_of(html: str) -> list[Form]:
    """The forms of a page in their order."""
    parser = _Forms()
    parser.feed(html)
    return parser.forms


def text_of(html: str) -> str:
    """The text of a page, white space folded."""
    parser = _Forms()
    parser.feed(html)
    return " ".join(" ".join(parser.text).split())


@dataclass(frozen=True)
class Callback:
    """What the application receives: the address without its parameters, and these."""

    uri: str
    parameters: dict[str, str]

    @property
    def code(self) -> str:
        return self.parameters["code"]


class Browser:
    """Follows redirects until a page or another host; then the answer is the application's callback."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.page: httpx.Response | None = None

    async def get(self, url: str) -> httpx.Response | Callback:
        return await self._follow(await self.http.get(url))

    async def submit(self, button: str, **values: str) -> httpx.Response | Callback:
        """Fills in the form that has `button`, and presses it."""
        return await self.post(*self._filled_in(button, values))

    async def press(self, button: str, **values: str) -> httpx.Response:
        """As `submit`, but follows every redirect, to the application as well."""
        url, data = self._filled_in(button, values)
        response = await self.http.post(url, data=data, headers={"origin": "null"})
        while response.next_request is not None:
            response = await self.http.send(response.next_request)
        self.page = response
        return response

    async def post(self, url: str, data: dict[str, str]) -> httpx.Response | Callback:
        """Posts fields without a form of the page, as a script does."""
        return await self._follow(await self.http.post(url, data=data, headers={"origin": self.origin}))

    async def send_form(self, action: str, **values: str | None) -> httpx.Response | Callback:
        """Fills in the page's form that posts to an address ending in `action`, and sends it.

        The value None of a field, such as of a switch that is turned off, leaves it out.
        """
        assert self.page is not None, "no page is open"
        found = [form for form in forms_of(self.page.text) if urlsplit(form.action).path.endswith(action)]
        assert found, f"no form posts to {action}: {[form.action for form in forms_of(self.page.text)]}"
        data = {name: text for name, text in {**found[0].fields, **values}.items() if text is not None}
        url = urljoin(str(self.page.url), found[0].action)
        if found[0].method == "get":
            return await self.get(f"{url}?{urlencode(data)}")
        return await self.post(url, data)

    @property
    def origin(self) -> str:
        """What a browser writes as `Origin` of a form: nothing to be learnt where no referrer is sent."""
        policy = self.page.headers.get("referrer-policy") if self.page is not None else None
        return str(self.http.base_url).rstrip("/") if policy == "same-origin" else "null"

    def _filled_in(self, button: str, values: dict[str, str]) -> tuple[str, dict[str, str]]:
        """Where the page's form with `button` posts, and what."""
        assert self.page is not None, "no page is open"
        form = next((form for form in forms_of(self.page.text) if button in form.buttons), None)
        assert form is not None, text_of(self.page.text)
        url = urljoin(str(self.page.url), form.action)
        return url, form.fields | values | {button: form.buttons[button]}

    async def _follow(self, response: httpx.Response) -> httpx.Response | Callback:
        for _ in range(10):
            location = response.headers.get("location")
            if location is None:
                self.page = response
                return response
            target = urljoin(str(response.url), location)
            if urlsplit(target).netloc != urlsplit(str(self.http.base_url)).netloc:
                return callback_of(target)
            response = await self.http.get(target)
        raise AssertionError("too many redirects")

    async def sign_in(self, url: str, username: str, password: str) -> httpx.Response | Callback:
        """From the application's request over name and password to whatever comes then."""
        answer = await self.get(url)
        if isinstance(answer, Callback) or answer.status_code != 200:
            return answer
        answer = await self.submit("continue", username=username)
        if isinstance(answer, Callback) or answer.status_code != 200:
            return answer
        return await self.submit("sign-in", password=password)

    async def code(self, url: str, username: str, password: str) -> str:
        """Signs in and answers the code that the application gets."""
        answer = await self.sign_in(url, username, password)
        assert isinstance(answer, Callback), text_of(answer.text)[:500]
        return answer.code


def callback_of(url: str) -> Callback:
    """The parts of an address that leads to the application."""
    parts = urlsplit(url)
    parameters = dict(parse_qsl(parts.query or parts.fragment, keep_blank_values=True))
    return Callback(f"{parts.scheme}://{parts.netloc}{parts.path}", parameters)


@dataclass(frozen=True)
class AuthorizationUrl:
    """An authorization request with PKCE, state and nonce filled in; `with_` changes parameters."""

    realm: str = "acme"
    parameters: dict[str, str] = field(default_factory=dict)
    verifier: str = ""

    def __str__(self) -> str:
        return f"/realms/{self.realm}/protocol/openid-connect/auth?{urlencode(self.parameters)}"

    def with_(self, **changes: str | None) -> "AuthorizationUrl":
        """The same request with other values; None leaves a parameter out."""
        parameters = self.parameters | {name: value for name, value in changes.items() if value is not None}
        kept = {name: value for name, value in parameters.items() if changes.get(name, "") is not None}
        return AuthorizationUrl(self.realm, kept, self.verifier)


def authorization_url(
    realm: str = "acme", client_id: str = "atera", **changes: str | None
) -> AuthorizationUrl:
    """A request as a careful client makes it."""
    verifier = base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    parameters = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": "https://app.example/callback",
        "scope": "openid email profile",
        "state": "a state of the application",
        "nonce": "a nonce of the application",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return AuthorizationUrl(realm, parameters, verifier).with_(**changes)
