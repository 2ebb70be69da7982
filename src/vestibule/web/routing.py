"""An address with its methods, and how a path finds it: one dictionary look-up for each of its steps."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from starlette.types import ASGIApp

from vestibule.web.call import Call
from vestibule.web.errors import Surface

Handler = Callable[[Call], Awaitable[ASGIApp]]
Caller = Literal[
    "anyone",  # public documents and pages
    "the attempt's browser",  # the browser whose cookie began the sign-in
    "a browser",  # whoever is signed in, or nobody
    "a client",  # an application that authenticates itself
    "a provider",  # an upstream provider, by a token that it signed
    "a token",  # whoever holds an access token
    "the set-up link",  # whoever holds the one-time link
    "the calendar's address",  # whoever holds the realm's address with its secret
    "the action link",  # whoever holds the one-time link of a mail
    "the person",  # whoever is signed in to the realm, for their own account
    "an administrator",  # each method names the right that it needs (D17)
    "the operator",  # details only with the operator's token or the management port
]


@dataclass(frozen=True, slots=True)
class Route:
    """One address; `surface` is the form of its errors, `{name}` one step of a path, `{name…}` the rest."""

    path: str
    surface: Surface
    caller: Caller
    methods: dict[str, Handler]


class _Step:
    """What may follow a path: further steps by their text, one that takes any text, and the route itself."""

    __slots__ = ("any", "name", "rest", "route", "steps")

    def __init__(self) -> None:
        self.steps: dict[str, _Step] = {}
        self.any: _Step | None = None
        self.name = ""
        self.rest = False
        self.route: Route | None = None


class Router:
    """Routes by their steps. A literal step goes before one that takes any text."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Step()
        for route in routes:
            self._add(route)

    def find(self, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a path, with the texts of its named steps."""
        return _find(self._root, path.split("/"), 0, {})

    def _add(self, route: Route) -> None:
        at = self._root
        for text in route.path.split("/"):
            if not text.startswith("{"):
                at = at.steps.setdefault(text, _Step())
                continue
            name = text.strip("{}")
            if at.any is None:
                at.any = _Step()
                at.any.name, at.any.rest = name.rstrip("…"), name.endswith("…")
            if at.any.name != name.rstrip("…"):
                raise ValueError(f"{route.path}: this step is called {at.any.name} elsewhere")
            at = at.any
        if at.route is not None:
            raise ValueError(f"{route.path} is there twice")
        at.route = route


def _find(
    at: _Step, texts: list[str], index: int, named: dict[str, str]
) -> tuple[Route, dict[str, str]] | None:
    if index == len(texts):
        return (at.route, named) if at.route is not None else None
    following = at.steps.get(texts[index])
    found = _find(following, texts, index + 1, named) if following is not None else None
    if found is not None or at.any is None or not texts[index]:
        return found
    if at.any.rest:
        rest = named | {at.any.name: "/".join(texts[index:])}
        return (at.any.route, rest) if at.any.route is not None else None
    return _find(at.any, texts, index + 1, named | {at.any.name: texts[index]})
