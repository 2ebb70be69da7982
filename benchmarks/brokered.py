"""`python -m benchmarks.brokered [--json FILE] [--quick]`: what a sign-in through a provider costs us.

The service and a practice provider are processes of their own. People who came before come again: from the
application's request over our page, the provider and its callback to the code. CPU time is of the service
alone; the provider speaks plain HTTP on the loopback, so that TLS to it is not in the figures.
"""

import argparse
import asyncio
import http.client
import itertools
import json
import os
import secrets
import socket
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import parse_qsl, urlencode, urlsplit

from benchmarks.child import Child, start_child
from benchmarks.dataset import Dataset, Materials, Size, realm_name, seed
from benchmarks.load import CONNECTIONS, Conversation, run_block
from benchmarks.operations import (
    BROWSER_COOKIE,
    SESSION_COOKIE,
    authorization_request,
    code_of,
    cookie_of,
    login_page,
)
from benchmarks.provider import HOST, PEOPLE
from benchmarks.wire import ORIGIN, WrongAnswer, get
from vestibule.domain.connection import Connection, Endpoints
from vestibule.flows.upstream_secrets import seal_upstream_secret
from vestibule.settings import Settings
from vestibule.storage import open_storage

SIZE = Size("brokered", "one realm, 1,000 people", realms=1, people=1000, sessions=0)
REALM = realm_name(0)
CLIENT_ID, SECRET = "measured-service", secrets.token_urlsafe(32)
OPERATIONS = {"ID token": False, "ID token and userinfo": True}
"""What is asked at the provider beside the code's exchange, and whether that is userinfo too."""
SIGN, VERIFY = "rsa_2048_sign_alone", "rsa_2048_verify_alone"


@dataclass(frozen=True, slots=True)
class Rounds:
    """How much is measured."""

    rounds: int = 5
    seconds: float = 3.0
    floor_seconds: float = 0.6


@dataclass(slots=True)
class Found:
    """Milliseconds of CPU, and what is told of them."""

    floors: dict[str, list[float]] = field(default_factory=lambda: {SIGN: [], VERIFY: []})
    cpu_ms: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in OPERATIONS})
    ops_per_s: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in OPERATIONS})
    sign_ins: int = 0

    def figures(self) -> dict[str, dict[str, float]]:
        """The median of each operation; its ratio is the median of those within a round."""
        floors = [sign + verify for sign, verify in zip(*self.floors.values(), strict=True)]
        return {
            name: {
                "cpu_ms": median(costs),
                "ops_per_s": median(self.ops_per_s[name]),
                "ratio": median(cost / floor for cost, floor in zip(costs, floors, strict=True)),
            }
            for name, costs in self.cpu_ms.items()
        }


class SignIns:
    """Conversations with the service; `provider` is where the browser goes meanwhile."""

    def __init__(self, provider: tuple[str, int], visits: list[str]) -> None:
        self._people = itertools.cycle(visits)
        self._browsers = [""] * CONNECTIONS
        self._there = [http.client.HTTPConnection(*provider) for _ in range(CONNECTIONS)]

    def sign_in(self, alias: str, connection: int) -> Conversation:
        """Somebody without a session here signs in through the provider, where they have one."""
        browser = self._browsers[connection]
        request = authorization_request(urlsafe_b64encode(os.urandom(32)).rstrip(b"="))
        target = f"/realms/{REALM}/protocol/openid-connect/auth?{request}"
        response = yield get(target, f"cookie: {browser}\r\n" if browser else "")
        page = login_page(response, REALM)
        self._browsers[connection] = browser = cookie_of(response, BROWSER_COOKIE) or browser
        cookies = f"cookie: {browser}\r\n"
        response = yield get(page, cookies)
        token = dict(parse_qsl(urlsplit(page).query))["id"]
        leave = f"/realms/{REALM}/login/provider?{urlencode({'id': token, 'alias': alias})}"
        response.expect(200, leave.replace("&", "&amp;"))
        response = yield get(leave, cookies)
        response.expect(303)
        back = self._visit(connection, response.header(b"location"))
        response = yield get(back.removeprefix(ORIGIN), cookies)
        code_of(response, REALM)
        if not cookie_of(response, SESSION_COOKIE + REALM):
            raise WrongAnswer("no session cookie after the provider")

    def close(self) -> None:
        """Ends the connections to the provider."""
        for connection in self._there:
            connection.close()

    def _visit(self, connection: int, url: str) -> str:
        """What the provider answers to a browser that is signed in there. The service is idle meanwhile."""
        parts, there = urlsplit(url), self._there[connection]
        there.request("GET", f"{parts.path}?{parts.query}", headers={"cookie": next(self._people)})
        answer = there.getresponse()
        answer.read()
        location = answer.headers["location"]
        if not location:
            raise WrongAnswer(f"the provider answered {answer.status} without a way back")
        return location


@contextmanager
def running(directory: Path) -> Iterator[tuple[Child, Child, SignIns]]:
    """The floors, the service, and the sign-ins to measure, each person's first one made already."""
    port = _free_port()
    dataset = asyncio.run(seed(SIZE, directory / SIZE.name, Materials(2)))
    with ExitStack() as stack:
        arguments, log = [str(port)], directory / "provider.log"
        provider = stack.enter_context(start_child("benchmarks.provider", arguments, {}, log))
        asyncio.run(_connect(dataset, provider))
        environment = dataset.environment | {"VESTIBULE_OUTBOUND_ALLOW": f"{HOST}:{port}"}
        service = stack.enter_context(
            start_child("benchmarks.service", [], environment, dataset.directory / "log")
        )
        floors = stack.enter_context(
            start_child("benchmarks.floors", [str(directory)], {}, directory / "floors.log")
        )
        sign_ins = SignIns(provider.address, provider.ask("visits"))
        stack.callback(sign_ins.close)
        for alias in map(_alias, OPERATIONS):
            run_block(service, partial(sign_ins.sign_in, alias), at_least=PEOPLE)
        yield floors, service, sign_ins


def run(plan: Rounds, directory: Path) -> Found:
    """Measures floors and operations in turn. Raises `WrongAnswer` where anybody does not get in."""
    found = Found()
    with running(directory) as (floors, service, sign_ins):
        for _ in range(plan.rounds):
            for name, costs in found.floors.items():
                costs.append(float(floors.ask("floor", name, plan.floor_seconds)))
            for name in OPERATIONS:
                block = run_block(service, partial(sign_ins.sign_in, _alias(name)), plan.seconds)
                found.cpu_ms[name].append(block.cpu_ms)
                found.ops_per_s[name].append(block.ops_per_s)
                found.sign_ins += block.operations
    return found


async def _connect(dataset: Dataset, provider: Child) -> None:
    """Two connections to the provider, with and without userinfo."""
    storage = open_storage(Settings(data_dir=dataset.directory).database)
    materials = dataset.materials
    try:
        realm = await storage.realm_by_name(REALM)
        if realm is None:
            raise RuntimeError("the database was not seeded")
        drafts = [
            Connection(f"{name} of the benchmark", realm.id, _alias(name), client_id=CLIENT_ID,
                       second_factor="off", use_userinfo=uses, created_at=materials.now)
            for name, uses in OPERATIONS.items()
        ]  # fmt: skip
        callbacks = [draft.callback_url(ORIGIN, REALM) for draft in drafts]
        told = provider.ask("register", CLIENT_ID, SECRET, *callbacks)
        issuer = told.pop("issuer")
        for draft in drafts:
            secret = seal_upstream_secret(SECRET, materials.vault, draft.id, "secret", materials.now)
            known = {"issuer": issuer, "endpoints": Endpoints(**told), "secrets": (secret,)}
            await storage.add_connection(replace(draft, **known))
    finally:
        await storage.close()


def _alias(name: str) -> str:
    return name.lower().replace(" ", "-")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.brokered", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter blocks")
    options = parser.parse_args()
    plan = Rounds(3, 1.5, 0.3) if options.quick else Rounds()
    with tempfile.TemporaryDirectory(prefix="vestibule-brokered-") as directory:
        found = run(plan, Path(directory))
    for name, costs in found.floors.items():
        print(f"{name:30} {median(costs):8.4f} ms CPU")
    for name, figure in found.figures().items():
        told = f"{figure['cpu_ms']:8.3f} ms CPU {figure['ops_per_s']:8.0f} ops/s  ratio {figure['ratio']:.2f}"
        print(f"{name:30} {told}")
    print(f"{found.sign_ins} sign-ins")
    if options.json:
        options.json.write_text(json.dumps(found.figures(), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
