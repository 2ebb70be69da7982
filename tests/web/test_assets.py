"""Static files: named by content, kept for a year, and nothing but the table is served."""

from __future__ import annotations

import gzip

import pytest

from vestibule.web.assets import Assets

ASSETS = Assets()
STYLE = ASSETS.url("signin.css")


def test_a_static_file_may_be_kept_for_a_year() -> None:
    response = ASSETS.response(STYLE)
    assert response is not None
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ASSETS.paths)
def test_a_static_file_is_the_same_gzipped_and_plain(path: str) -> None:
    plain, gzipped = ASSETS.response(path), ASSETS.response(path, "br, gzip;q=0.8")
    assert plain is not None
    assert gzipped is not None
    assert gzipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(bytes(gzipped.body)) == plain.body


@pytest.mark.parametrize("accept_encoding", ["", "identity", "gzip;q=0", "gzip; q=0.000", "xgzip", "br"])
def test_a_browser_that_does_not_take_gzip_gets_the_plain_file(accept_encoding: str) -> None:
    response = ASSETS.response(STYLE, accept_encoding)
    assert response is not None
    assert "content-encoding" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/signin.css",
        "/static/../pages.py",
        "/static/..%2fpages.py",
        "/static/%2e%2e/pages.py",
        "/static//etc/passwd",
        "/static/..\\pages.py",
        STYLE + "/",
        STYLE + "\0",
        STYLE.upper(),
    ],
)
def test_HT_13_an_address_outside_of_the_table_finds_no_file(path: str) -> None:
    assert ASSETS.response(path) is None


def test_the_path_of_the_public_url_precedes_what_pages_write() -> None:
    assert Assets("/sso").url("signin.css") == f"/sso{STYLE}"
