"""Attack rows RU: what is sent as the redirect URI of an authorization request."""

from time import process_time

import httpx
import pytest

from tests.browser import Callback, authorization_url
from tests.world import CALLBACK, PASSWORD, World
from vestibule.domain.redirect_uri import AddressRefused, check_redirect_uri

AUTH = "/realms/acme/protocol/openid-connect/auth?"


@pytest.fixture
async def acme(world: World) -> World:
    realm = await world.realm()
    await world.client(realm)
    await world.user(realm)
    return world


async def refused(world: World, url: str) -> httpx.Response:
    """The answer, after showing that it is our own page and that nothing was stored or sent anywhere."""
    async with world.http() as http:
        answer = await http.get(url)
    assert answer.status_code == 400, answer.status_code
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert "refresh" not in answer.headers
    assert await world.events() == []
    return answer


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/callback/",
        "https://app.example/CALLBACK",
        "https://app.example/callback?x=1",
        "https://app.example/callback#f",
        "http://app.example/callback",
        "https://app.example:443/callback",
    ],
)
async def test_RU_01_only_the_registered_bytes_are_taken(acme: World, uri: str) -> None:
    await refused(acme, str(authorization_url(redirect_uri=uri)))


@pytest.mark.parametrize(
    "uri", ["https://app.example@evil.test/callback", "https://app.example:80@evil.test/callback"]
)
async def test_RU_02_userinfo_does_not_pass_for_the_host(acme: World, uri: str) -> None:
    await refused(acme, str(authorization_url(redirect_uri=uri)))


ODD = [
    "https://app.example\\@evil.test/callback",
    "https://app.example/call\tback",
    "https://app.example/call back",
    "https://app.example/callback\n",
    "https://äpp.example/callback",
]


@pytest.mark.parametrize("uri", ODD)
async def test_RU_03_odd_characters_are_refused_in_the_request(acme: World, uri: str) -> None:
    await refused(acme, str(authorization_url(redirect_uri=uri)))


@pytest.mark.parametrize("uri", ODD)
def test_RU_03_odd_characters_are_refused_at_registration(uri: str) -> None:
    with pytest.raises(AddressRefused):
        check_redirect_uri(uri)


@pytest.mark.parametrize("path", ["/cb/..;/x", "/cb/%2e%2e/x", "/cb/%252e%252e/x", "/cb/./../x", "/cb/*"])
async def test_RU_04_there_are_no_wildcards(world: World, path: str) -> None:
    await world.client(await world.realm(), redirect_uris=("https://app.example/cb/*",))
    if path != "/cb/*":
        await refused(world, str(authorization_url(redirect_uri=f"https://app.example{path}")))
    with pytest.raises(AddressRefused):
        check_redirect_uri("https://app.example/cb/*")


async def test_RU_06_a_prefix_is_no_match(world: World) -> None:
    await world.client(await world.realm(), redirect_uris=("https://portal.example.com",))
    await refused(world, str(authorization_url(redirect_uri="https://portal.example.com.evil.tld/")))


async def test_RU_07_the_first_uri_seen_is_not_remembered(world: World) -> None:
    realm = await world.realm()
    await world.client(realm, redirect_uris=())
    for _ in range(2):
        await refused(world, str(authorization_url(redirect_uri="https://evil.test/cb")))
    client = await world.storage.client_by_client_id(realm.id, "atera")
    assert client is not None
    assert client.redirect_uris == ()


@pytest.mark.parametrize("pair", [(CALLBACK, "https://evil.test/cb"), ("https://evil.test/cb", CALLBACK)])
async def test_RU_10_a_repeated_redirect_uri_never_redirects(acme: World, pair: tuple[str, str]) -> None:
    url = str(authorization_url(redirect_uri=pair[0])) + f"&redirect_uri={pair[1]}"
    await refused(acme, url)


@pytest.mark.parametrize("name", ["code", "state", "error", "iss"])
def test_RU_11_our_own_parameters_cannot_be_registered_in_a_query(name: str) -> None:
    with pytest.raises(AddressRefused):
        check_redirect_uri(f"https://app.example/cb?{name}=x")


async def test_RU_11_our_parameters_appear_once_beside_a_registered_query(world: World) -> None:
    realm = await world.realm()
    uri = "https://app.example/cb?tenant=1"
    await world.client(realm, redirect_uris=(uri,))
    await world.user(realm)
    answer = await world.browser().sign_in(str(authorization_url(redirect_uri=uri)), "alice", PASSWORD)
    assert isinstance(answer, Callback)
    assert sorted(answer.parameters) == ["code", "iss", "state", "tenant"]


@pytest.mark.parametrize("uris", [(CALLBACK,), (CALLBACK, "https://app.example/second")])
async def test_RU_12_the_redirect_uri_is_required(world: World, uris: tuple[str, ...]) -> None:
    await world.client(await world.realm(), redirect_uris=uris)
    await refused(world, str(authorization_url(redirect_uri=None)))


@pytest.mark.parametrize(
    "encoded",
    ["https://app.example/" + "a" * 7000, "https://app.example/%00", "%ED%A0%80", "%FF%FE", "%C3%28"],
)
async def test_RU_14_unreadable_values_cost_little_and_are_400(acme: World, encoded: str) -> None:
    started = process_time()
    await refused(acme, AUTH + f"client_id=atera&response_type=code&redirect_uri={encoded}")
    assert process_time() - started < 0.5


@pytest.mark.parametrize("uri", ["https://xn--pp-eka.example/callback", "https://app。example/callback"])
async def test_RU_15_look_alike_hosts_are_other_bytes(acme: World, uri: str) -> None:
    await refused(acme, str(authorization_url(redirect_uri=uri)))
