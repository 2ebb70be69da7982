"""The master key: the operator's own, or one made at the first start and kept beside the database."""

import os
import secrets
from pathlib import Path

FILE_NAME = "secret.key"
KEY_BYTES = 32


def read_key_file(path: Path) -> bytes:
    """The key in the file. Raises `OSError` where it cannot be read, `ValueError` where it is damaged."""
    key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    if len(key) != KEY_BYTES:
        raise ValueError(f"{path} does not hold {KEY_BYTES} bytes in hexadecimal")
    return key


def make_key_file(path: Path) -> bytes:
    """Writes a new key that only the service's user may read; one that is there already stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = secrets.token_bytes(KEY_BYTES)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_key_file(path)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(descriptor)
    return key
