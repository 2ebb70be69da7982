"""The vault: what is stored sealed, and digests that only who has the secret key can make."""

import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vestibule.crypto import base64url
from vestibule.domain.errors import UndecryptableSecret

MASTER_KEY_BYTES = 32

_VERSION = b"\x01"
_KEY_ID_BYTES = 4
_NONCE_BYTES = 12
_HEADER_BYTES = len(_VERSION) + _KEY_ID_BYTES

Renew = Callable[[], Sequence[bytes] | None]
"""Answers the present master keys, the sealing one first, where they changed since it was last asked."""


def never_changes() -> None:
    """The `Renew` of keys that stay as long as the process runs."""


class Vault:
    """Encrypts what is stored and keys the digests of short secrets, from one master key.

    A sealed text is version byte, key id, nonce, AES-256-GCM ciphertext; the header and the `context`
    (`table/column/row`) are authenticated, so that a value moved to another row does not open.
    Masters in `previous` still open and still check; only `master_key` seals.

    `renew` is asked before anything is sealed, keyed or found unknown, so that a key that another process
    put in its place is used from that moment on: no value is met whose key is not known yet.
    """

    __slots__ = ("_keys", "_present", "_random", "_renew", "_sealer")

    def __init__(
        self,
        master_key: bytes,
        previous: Sequence[bytes] = (),
        random: Callable[[int], bytes] = secrets.token_bytes,
        renew: Renew = never_changes,
    ) -> None:
        self._random = random
        self._renew = renew
        self._keys: dict[bytes, _MasterKey] = {}
        self._take_over((master_key, *previous))

    def encrypt(self, plaintext: bytes, context: str) -> bytes:
        """Seals `plaintext` for the place that `context` names."""
        self._look_again()
        header = _VERSION + self._sealer.id
        nonce = self._random(_NONCE_BYTES)
        return header + nonce + self._sealer.cipher.encrypt(nonce, plaintext, header + context.encode())

    def decrypt(self, sealed: bytes, context: str) -> bytes:
        """Opens what `encrypt` sealed for the same `context`, else raises `UndecryptableSecret`."""
        header, body = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
        key = self._key_of(header)
        if key is None:
            raise UndecryptableSecret(f"{context}: sealed with a key that is not configured")
        try:
            return key.cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], header + context.encode())
        except (InvalidTag, ValueError) as error:
            raise UndecryptableSecret(f"{context}: altered or moved from another row") from error

    def is_current(self, sealed: bytes) -> bool:
        """Whether it was sealed with the key that seals now; no promise that it opens."""
        self._look_again()
        return sealed.startswith(_VERSION + self._sealer.id)

    def reseal(self, sealed: bytes, context: str) -> bytes:
        """The same value under the key that seals now. Raises `UndecryptableSecret`."""
        return self.encrypt(self.decrypt(sealed, context), context)

    def encrypt_text(self, plaintext: bytes, context: str) -> str:
        """As `encrypt`, for a column of text: base64url."""
        return base64url.encode(self.encrypt(plaintext, context)).decode()

    def decrypt_text(self, sealed: str, context: str) -> bytes:
        """Opens what `encrypt_text` sealed. Raises `UndecryptableSecret`."""
        try:
            raw = base64url.decode(sealed.encode("ascii"))
        except ValueError as error:
            raise UndecryptableSecret(f"{context}: not in its stored form") from error
        return self.decrypt(raw, context)

    def is_current_text(self, sealed: str) -> bool:
        """As `is_current`, of what `encrypt_text` sealed."""
        try:
            return self.is_current(base64url.decode(sealed.encode("ascii")))
        except ValueError:
            return False

    def reseal_text(self, sealed: str, context: str) -> str:
        """The same value under the key that seals now. Raises `UndecryptableSecret`."""
        return self.encrypt_text(self.decrypt_text(sealed, context), context)

    @property
    def key_id(self) -> str:
        """Names the key that seals now; says nothing of it."""
        return self._sealer.id.hex()

    def keyed_digest(self, purpose: str, value: bytes) -> bytes:
        """HMAC-SHA256 of `value` under the subkey of `purpose` (a fixed word, not data)."""
        self._look_again()
        return self._sealer.digest(purpose, value)

    def keyed_digests(self, purpose: str, value: bytes) -> list[bytes]:
        """The digest of `value` under every configured master key, for checking stored ones."""
        self._look_again()
        return [key.digest(purpose, value) for key in self._keys.values()]

    def former_digest_keys(self, purpose: str) -> Mapping[str, bytes]:
        """By key id what the former masters' digests of this one purpose are keyed with.

        Whoever keeps it can go on checking those digests when the master is gone, and open nothing.
        """
        return {id_.hex(): key.subkey(purpose) for id_, key in self._keys.items() if key is not self._sealer}

    def forget_removed(self) -> None:
        """Lets go of former masters that are no longer configured.

        Until then they still open what somebody may have read before it was sealed anew.
        """
        self._look_again()
        self._keys = {id_: key for id_, key in self._keys.items() if id_ in self._present}

    def _key_of(self, header: bytes) -> "_MasterKey | None":
        if header[: len(_VERSION)] != _VERSION:
            return None
        id_ = header[len(_VERSION) :]
        if id_ not in self._keys:
            self._look_again()
        return self._keys.get(id_)

    def _look_again(self) -> None:
        masters = self._renew()
        if masters:
            self._take_over(masters)

    def _take_over(self, masters: Iterable[bytes]) -> None:
        keys = [_MasterKey(master) for master in masters]
        self._sealer = keys[0]
        self._present = frozenset(key.id for key in keys)
        self._keys = self._keys | {key.id: key for key in reversed(keys)}


class _MasterKey:
    """The subkeys of one master key (HKDF-SHA256, RFC 5869), each for one purpose."""

    __slots__ = ("_master", "_subkeys", "cipher", "id")

    def __init__(self, master: bytes) -> None:
        if len(master) < MASTER_KEY_BYTES:
            raise ValueError(f"a master key has at least {MASTER_KEY_BYTES} bytes")
        self._master = master
        self._subkeys: dict[str, bytes] = {}
        self.cipher = AESGCM(self._derive("encryption"))
        self.id = self._derive("key id")[:_KEY_ID_BYTES]

    def digest(self, purpose: str, value: bytes) -> bytes:
        return hmac.digest(self.subkey(purpose), value, "sha256")

    def subkey(self, purpose: str) -> bytes:
        subkey = self._subkeys.get(purpose)
        if subkey is None:
            subkey = self._subkeys[purpose] = self._derive(f"digest {purpose}")
        return subkey

    def _derive(self, purpose: str) -> bytes:
        info = f"vestibule v1 {purpose}".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._master)
