"""The vault of a process, with the keys that its settings name."""

import re
from collections.abc import Sequence
from pathlib import Path

from vestibule.crypto.secrets import Vault
from vestibule.crypto.vault import never_changes
from vestibule.settings import Settings, SettingsError, key_file

_GENERATED = re.compile(rf"[0-9a-f]{{{2 * key_file.KEY_BYTES}}}")


def open_vault(settings: Settings) -> Vault:
    """The vault with every key that is set, or that lies in the key file.

    With SQLite the first call makes a key, if none was set and no database needs a former one. A key file
    that is replaced while the process runs is noticed. Raises `SettingsError`.
    """
    if settings.secret_key:
        own, *others = _readings(settings.secret_key)
        return Vault(own, [*others, *former_keys(settings)], renew=never_changes)
    settings.check_key_is_kept()
    watched = _Watched(settings)
    own, *others = watched.first_keys()
    return Vault(own, others, renew=watched)


def former_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys of VESTIBULE_SECRET_KEY_PREVIOUS."""
    return tuple(key for text in settings.secret_key_previous for key in _readings(text))


def _readings(text: str) -> tuple[bytes, ...]:
    """A text that was set is a key as it is. One that was a generated key file also opens what that
    file's key sealed, so that a key can move from the file to the settings."""
    if _GENERATED.fullmatch(text):
        return text.encode(), bytes.fromhex(text)
    return (text.encode(),)


class _Watched:
    """The key file of a process: answers its keys, the one that seals first, when it is another file."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.secret_key_file
        self._former = former_keys(settings)
        self._seen: tuple[int, ...] | None = None

    def first_keys(self) -> tuple[bytes, ...]:
        """Makes the file where there is none. Raises `SettingsError`."""
        # Before it is read: whoever replaces it after this line is noticed.
        self._seen = _stamp(self._path)
        try:
            keys = key_file.make_key_file(self._path)
        except (OSError, ValueError) as error:
            raise SettingsError(f"The secret key in {self._path} cannot be used: {error}.") from None
        return (*keys, *self._former)

    def __call__(self) -> Sequence[bytes] | None:
        """None where it is the same file, or cannot be read: what is known goes on working."""
        stamp = _stamp(self._path)
        if stamp is None or stamp == self._seen:
            return None
        try:
            keys = key_file.read_key_file(self._path)
        except (OSError, ValueError):
            return None
        self._seen = stamp
        return (*keys, *self._former)


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
