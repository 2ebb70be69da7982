"""The static files: read once, named by their content, kept by browsers for a year.

An address is a key of a dict made at start. There is no path to walk out of (HT-13), and `Range`
is not looked at: the whole file is the answer (HT-04).
"""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.responses import Response

MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
HEADERS = {
    "cache-control": "public, max-age=31536000, immutable",
    "vary": "accept-encoding",
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file with its address and its two encodings."""

    path: str
    media_type: str
    body: bytes
    gzipped: bytes


class Assets:
    """The table of static files. `base_path` is the path of the public URL, without a slash at its end."""

    def __init__(self, base_path: str = "") -> None:
        self._by_name = {name: _asset(name, body) for name, body in _packaged_files()}
        self._by_path = {asset.path: asset for asset in self._by_name.values()}
        self._base_path = base_path

    @property
    def paths(self) -> tuple[str, ...]:
        """Every address that is served, below `base_path`: `/static/signin.<hash>.css` and so on."""
        return tuple(self._by_path)

    def url(self, name: str) -> str:
        """What a page writes for the file `name`; KeyError for a file that does not exist."""
        return self._base_path + self._by_name[name].path

    def response(self, path: str, accept_encoding: str = "") -> Response | None:
        """The file at the address, gzipped where the browser takes that; None: there is no such file."""
        asset = self._by_path.get(path)
        if asset is None:
            return None
        if _takes_gzip(accept_encoding):
            headers = HEADERS | {"content-encoding": "gzip"}
            return Response(asset.gzipped, media_type=asset.media_type, headers=headers)
        return Response(asset.body, media_type=asset.media_type, headers=HEADERS)


def _packaged_files() -> Iterator[tuple[str, bytes]]:
    """Each file by its name, in a folder with the folder before it: `vendor/tabler.min.css`."""
    static = files("vestibule.web").joinpath("static")
    for entry in static.iterdir():
        if entry.is_dir():
            yield from ((f"{entry.name}/{name}", body) for name, body in _files_in(entry))
    yield from _files_in(static)


def _files_in(folder: Traversable) -> Iterator[tuple[str, bytes]]:
    for file in folder.iterdir():
        if file.name.rpartition(".")[2] in MEDIA_TYPES:
            yield file.name, file.read_bytes()


def _asset(name: str, body: bytes) -> Asset:
    stem, _, suffix = name.rpartition(".")
    digest = hashlib.sha256(body).hexdigest()[:12]
    gzipped = gzip.compress(body, 9, mtime=0)
    return Asset(f"/static/{stem}.{digest}.{suffix}", MEDIA_TYPES[suffix], body, gzipped)


def _takes_gzip(accept_encoding: str) -> bool:
    """Whether the header names gzip without refusing it (RFC 9110 section 12.5.3)."""
    for item in accept_encoding[:200].lower().split(","):
        coding, _, weight = item.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
