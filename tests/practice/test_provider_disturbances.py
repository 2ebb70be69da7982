"""Services that ask a practice provider are answered slowly, with garbage, or not at all."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.practice.upstream import CALLBACK, Upstream
from tests.provider import practice_provider


@asynccontextmanager
async def upstream(*faults: str) -> AsyncIterator[Upstream]:
    async with (
        practice_provider("oidc", *faults, redirect_uris=[CALLBACK]) as provider,
        httpx.AsyncClient() as http,
    ):
        yield Upstream(provider, http)


@pytest.mark.parametrize("endpoint", ["discovery", "jwks", "token", "userinfo", "par"])
async def test_every_endpoint_of_services_can_fail(endpoint: str) -> None:
    async with upstream("error_500") as application:
        address = getattr(application.addresses, endpoint)
        method = "POST" if endpoint in ("token", "par") else "GET"
        answer = await application.http.request(method, address)
        assert answer.status_code == 500
        assert application.provider.hits[endpoint] == 1


async def test_pages_go_on_working() -> None:
    async with upstream("error_500", "html") as application:
        assert (await application.callback())["code"]
        assert (await application.http.get(application.provider.base)).status_code == 200


async def test_one_endpoint_alone_can_fail() -> None:
    async with upstream("error_500:jwks") as application:
        assert (await application.http.get(application.addresses.discovery)).status_code == 200
        assert (await application.http.get(application.addresses.jwks)).status_code == 500


async def test_html_instead_of_json() -> None:
    async with upstream("html") as application:
        answer = await application.redeem("any")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")


async def test_ten_megabytes() -> None:
    async with upstream("huge:jwks") as application:
        answer = await application.http.get(application.addresses.jwks)
        assert len(answer.content) > 10 * 1024 * 1024


async def test_the_token_endpoint_redirects_to_another_host() -> None:
    async with upstream("redirect") as application:
        assert (await application.http.get(application.addresses.discovery)).status_code == 200
        answer = await application.redeem("any")
        assert answer.status_code == 302
        elsewhere = answer.headers["location"]
        assert httpx.URL(elsewhere).host != httpx.URL(application.provider.base).host
        assert application.provider.hits["redirected"] == 0
        await application.http.get(elsewhere)
        assert application.provider.hits["redirected"] == 1


async def test_a_slow_answer_holds_up_nobody_else_and_ends_with_who_asked() -> None:
    async with upstream("slow:token") as application:
        begun = time.monotonic()
        waiting = asyncio.create_task(application.redeem("any", {"connection": "close"}))
        while not application.provider.hits["token"]:
            await application.metadata()
        assert not waiting.done()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert (await application.http.get(application.addresses.jwks)).status_code == 200
    assert time.monotonic() - begun < 5


async def test_the_provider_stops_while_somebody_waits() -> None:
    async with upstream("slow") as application:
        begun = time.monotonic()
        waiting = asyncio.create_task(application.redeem("any"))
        while not application.provider.hits["token"]:
            await application.http.get(application.provider.base)
    with pytest.raises(httpx.HTTPError):
        await waiting
    assert time.monotonic() - begun < 5
