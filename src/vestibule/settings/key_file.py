"""The file of a generated secret key: made at the first start and kept beside the database.

One key a line in hexadecimal. The first seals; the others are former ones, there as long as something may
be sealed with them. All of them are in one file, which is replaced at once, so that no moment is without
a key that somebody needs.
"""

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

FILE_NAME = "secret.key"
KEY_BYTES = 32
OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class RotationRunning(Exception):
    """Another command changes the key file at this moment."""


def read_key_file(path: Path) -> tuple[bytes, ...]:
    """The keys in the file, the one that seals first.

    Raises `OSError` where it cannot be read, `ValueError` where it is damaged or open to others.
    """
    with path.open(encoding="ascii") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & OF_OTHERS:
            raise ValueError(f"others can read it: chmod 600 {path}")
        keys = tuple(bytes.fromhex(line.strip()) for line in file.read().strip().split("\n"))
    if any(len(key) != KEY_BYTES for key in keys):
        raise ValueError(f"{path} does not hold {KEY_BYTES} bytes in hexadecimal")
    return keys


def make_key_file(path: Path) -> tuple[bytes, ...]:
    """Writes a new key that only the service's user may read; what is there already stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        return read_key_file(path)
    fresh = _written(path, [secrets.token_bytes(KEY_BYTES)])
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    _keep_directory(path)
    return read_key_file(path)


def put_new_key(path: Path) -> tuple[bytes, ...]:
    """A new key seals from now on, the ones before it still open; answers all."""
    return _replace(path, [secrets.token_bytes(KEY_BYTES), *read_key_file(path)])


def remove_former_keys(path: Path) -> tuple[bytes, ...]:
    """Only the key that seals is left; answers it."""
    return _replace(path, read_key_file(path)[:1])


@contextmanager
def key_file_lock(path: Path) -> Iterator[None]:
    """Held while a command changes keys; goes with the process. Raises `RotationRunning`."""
    handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RotationRunning from error
        yield
    finally:
        os.close(handle)


def _replace(path: Path, keys: Sequence[bytes]) -> tuple[bytes, ...]:
    _written(path, keys).replace(path)
    _keep_directory(path)
    return tuple(keys)


def _written(path: Path, keys: Sequence[bytes]) -> Path:
    """A file beside it, on the disk before its name is used."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("".join(f"{key.hex()}\n" for key in keys))
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _keep_directory(path: Path) -> None:
    """A rename is durable when its directory is."""
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
