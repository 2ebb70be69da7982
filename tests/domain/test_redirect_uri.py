"""Which addresses may be registered (RU-03, RU-11, RFC 8252)."""

import pytest

from vestibule.domain.redirect_uri import (
    AddressRefused,
    check_redirect_uri,
    check_web_address,
    is_loopback_host,
)


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.atera.com/api/oidc/callback",
        "https://app.example",
        "https://app.example:8443/cb?tenant=a&x=%C3%A9",
        "https://xn--bcher-kva.example/cb",
        "https://192.0.2.7/cb",
        "https://[2001:db8::1]/cb",
        "http://localhost:3001/callback",
        "http://127.0.0.1:3001/callback",
        "http://[::1]:3001/callback",
    ],
)
def test_an_ordinary_redirect_uri_is_taken(uri: str) -> None:
    check_redirect_uri(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example\\@evil.test/cb",
        "https://app.example/\tcb",
        "https://app.example/ cb",
        "https://app.example/cb\x00",
        "https://app.example/cb\n",
        "https://app.example/\uff43b",
        "https://bücher.example/cb",
        "https://app.example/%zz",
        'https://app.example/"cb"',
    ],
)
def test_RU_03_characters_that_browsers_read_differently_are_refused(uri: str) -> None:
    with pytest.raises(AddressRefused, match="character"):
        check_redirect_uri(uri)


@pytest.mark.parametrize("name", ["code", "state", "error", "iss", "error_description", "id_token"])
def test_RU_11_a_query_with_a_parameter_of_the_response_is_refused(name: str) -> None:
    with pytest.raises(AddressRefused, match=name):
        check_redirect_uri(f"https://app.example/cb?a=b&{name}=x")


def test_RU_11_an_encoded_name_of_the_response_is_refused_too() -> None:
    with pytest.raises(AddressRefused, match="state"):
        check_redirect_uri("https://app.example/cb?st%61te=")


@pytest.mark.parametrize(
    "uri, reason",
    [
        ("https://user@app.example/cb", "user name"),
        ("https://app.example:80@evil.test/cb", "user name"),
        ("https://app.example/cb#part", "fragment"),
        ("https://app.example/cb#", "fragment"),
        ("https://app.example/*", "Wildcards"),
        ("https://*.app.example/cb", "Wildcards"),
        ("https://app.example/a/../cb", "segment"),
        ("https://app.example/%2e%2E/cb", "segment"),
        ("http://app.example/cb", "https"),
        ("http://localhost.evil.test/cb", "https"),
        ("http://127.0.0.1.evil.test/cb", "https"),
        ("javascript:alert(1)", "https"),
        ("data:text/html,x", "https"),
        ("ftp://app.example/cb", "https"),
        ("HTTPS://app.example/cb", "absolute"),
        ("/callback", "absolute"),
        ("//app.example/cb", "absolute"),
        ("", "character"),
        ("https:app.example/cb", "begin with"),
        ("https:///cb", "host"),
        ("https://app..example/cb", "host"),
        ("https://2130706433/cb", "host"),
        ("https://0x7f000001/cb", "host"),
        ("https://127.1/cb", "host"),
        ("https://[::1/cb", "host"),
        ("https://[127.0.0.1]/cb", "host"),
        ("https://app.example:0/cb", "host"),
        ("https://app.example:65536/cb", "host"),
        ("https://app.example:/cb", "host"),
        ("com.example.app:/callback", "https"),
        ("https://app.example/" + "a" * 2000, "longer"),
    ],
)
def test_another_redirect_uri_is_refused_with_its_reason(uri: str, reason: str) -> None:
    with pytest.raises(AddressRefused, match=reason):
        check_redirect_uri(uri)


@pytest.mark.parametrize("uri", ["com.example.app:/callback", "com.example.app://host/callback"])
def test_a_public_native_client_may_use_a_private_scheme_with_a_dot(uri: str) -> None:
    check_redirect_uri(uri, public=True)


@pytest.mark.parametrize(
    "uri", ["myapp:/callback", "javascript:alert(1)", "com.example.app:", "com.example.app:back", "a.b:/x#y"]
)
def test_a_public_client_gets_no_other_scheme(uri: str) -> None:
    with pytest.raises(AddressRefused):
        check_redirect_uri(uri, public=True)


def test_a_home_page_may_have_a_fragment_and_no_private_scheme() -> None:
    check_web_address("https://app.example/#/start")
    with pytest.raises(AddressRefused):
        check_web_address("com.example.app:/start")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1"])
def test_loopback_hosts_are_known(host: str) -> None:
    assert is_loopback_host(host)


@pytest.mark.parametrize("host", ["localhost.example", "128.0.0.1", "::2", "0.0.0.0", ""])  # noqa: S104
def test_other_hosts_are_not_loopback(host: str) -> None:
    assert not is_loopback_host(host)
