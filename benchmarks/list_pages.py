"""The console's own pages on long lists, through the whole application, from the request to the answer."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from vestibule.crypto.secrets import digest, new_id, new_token
from vestibule.domain.administration import PLATFORM_ADMIN
from vestibule.domain.realm import MASTER
from vestibule.domain.session import Session
from vestibule.domain.user import Password, User
from vestibule.flows.administer.platform import prepare_platform
from vestibule.flows.setup import add_administrator
from vestibule.main import Service, build
from vestibule.settings import Settings

PUBLIC_URL = "http://localhost:3000"
LARGE = "realm-0"
"""The realm that has the people and clients."""
ADDRESSES = {
    "page: tenants": "/platform",
    "page: tenants, the last": "/platform?page=200",
    "page: tenants, search": "/platform?search=company+42",
    "page: users": f"/console/{LARGE}/users",
    "page: users, the last": f"/console/{LARGE}/users?page=4000&sort=name",
    "page: users, search": f"/console/{LARGE}/users?search=maria+lang",
    "page: clients": f"/console/{LARGE}/clients",
    "page: clients, the last": f"/console/{LARGE}/clients?page=200&sort=name",
    "page: clients, search": f"/console/{LARGE}/clients?search=42",
    "page: events": f"/console/{LARGE}/events",
    "page: dashboard": f"/console/{LARGE}",
}

Page = Callable[[], Awaitable[object]]


async def signed_in(service: Service) -> str:
    """The cookie of a Platform Admin's console session, stored as a sign-in would store it."""
    deployment, storage = service.deployment, service.storage
    await prepare_platform(deployment)
    master = await storage.realm_by_name(MASTER)
    if master is None:
        raise RuntimeError("the platform's realm is missing")
    now, cookie = deployment.clock.now(), new_token(deployment.random)
    user = User(new_id(now, deployment.random), master.id, PLATFORM_ADMIN, created_at=now)
    await add_administrator(storage, user, Password(user.id, "none", now))
    await storage.add_session(
        Session(
            id=new_id(now, deployment.random),
            realm_id=master.id,
            user_id=user.id,
            digest=digest(cookie),
            amr=("pwd",),
            acr="1",
            authenticated_at=now,
            started_at=now,
            last_seen_at=now,
            kind="console",
        )
    )
    return cookie


def application(directory: Path) -> Service:
    """The service on the database that was seeded there."""
    return build(
        Settings(
            public_url=PUBLIC_URL,
            data_dir=directory,
            database_url=f"sqlite:///{directory / 'lists.db'}",
            secret_key="a benchmark's key, long enough for it",
            log_level="error",
        )
    )


def pages(service: Service, cookie: str) -> dict[str, Page]:
    """The pages by what they are called. Each answers 200, or the measurement ends."""
    transport = httpx.ASGITransport(service.app)
    http = httpx.AsyncClient(
        transport=transport, base_url=PUBLIC_URL, cookies={f"vestibule_console_{MASTER}": cookie}
    )

    def opened(path: str) -> Page:
        async def page() -> None:
            (await http.get(path)).raise_for_status()

        return page

    return {name: opened(path) for name, path in ADDRESSES.items()}
