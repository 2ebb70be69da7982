"""Which URLs may be called at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from vestibule.domain.errors import AddressNotAllowed
from vestibule.domain.host_port import HostPort
from vestibule.outbound.target import Target, read_target


def test_an_https_url_is_read_into_its_parts() -> None:
    assert read_target("https://RP.example/a/b?c=d%20e") == Target(
        "https", HostPort("rp.example", 443), "/a/b", "c=d%20e"
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://rp.example/", "http://rp.example:443/", "https://rp.example:80/", "https://rp.example:22/",
        "https://rp.example:6379/", "file:///etc/passwd", "gopher://rp.example/", "ftp://rp.example/",
        "//rp.example/",
        "/only/a/path", "rp.example", "", "https://", "https:///path", "https://user@rp.example/",
        "https://user:word@rp.example/", "https://rp.example@evil.example/", "https://@rp.example/",
        "https://rp.example#@evil.example/", "https://rp.example/#f", "https://rp.example\\@evil.example/",
        "https://rp.example/a b", "https://rp.example/\r\nHost: evil", "https://rp.example/\0", "https://rp.example:x/",
        "https://rp.example:99999/", "https://rp.example:0/", "https://[fe80::1%25eth0]/", "https://[::1/",
        "https://[v1.a]/",
        "https://[::1]evil/", "https://[1.2.3.4]/", "https://rp..example/", "https://１２７.0.0.1/", "https://bücher.example/",
        "https://" + "a" * 64 + ".example/", "https://rp.example/" + "a" * 2048,
    ],
)  # fmt: skip
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(AddressNotAllowed):
        read_target(url)


def test_an_opened_host_and_port_may_speak_plain_http() -> None:
    assert read_target("http://127.0.0.1:9000", [HostPort("127.0.0.1", 9000)]).path == "/"


def test_an_opened_ipv6_host_is_the_same_in_every_spelling() -> None:
    assert read_target("http://[0:0::1]:9000/", [HostPort("::1", 9000)]).place.host == "::1"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9001/", "http://127.0.0.2:9000/", "https://127.0.0.1.:9000/"]
)
def test_opening_one_host_and_port_opens_no_other(url: str) -> None:
    with pytest.raises(AddressNotAllowed):
        read_target(url, [HostPort("127.0.0.1", 9000)])


@given(st.text(max_size=60).map("https://".__add__) | st.text(max_size=60))
def test_every_text_is_a_target_or_refused(url: str) -> None:
    try:
        target = read_target(url)
    except AddressNotAllowed:
        return
    assert (target.scheme, target.place.port) == ("https", 443)


@given(st.text(alphabet="ab.:/@?#[]\\%0127;&=_-~ \t", max_size=40))
def test_the_host_is_the_one_that_another_reader_sees(rest: str) -> None:
    try:
        target = read_target(f"https://{rest}")
    except AddressNotAllowed:
        return
    url = URL(f"https://{rest}", encoded=True)
    assert (url.raw_host, url.port) == (target.place.host, target.place.port)
