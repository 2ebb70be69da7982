"""What a provider gave us and we must give back: its client secret and, while a session lasts, its ID token.

Both are stored sealed, each for its own row, and are never shown again (D18).
"""

from dataclasses import replace
from datetime import date, datetime

from vestibule.crypto.secrets import Vault
from vestibule.domain.connection import Connection, UpstreamSecret
from vestibule.domain.errors import BadInput

MAX_SECRET_BYTES = 1024


def seal_upstream_secret(
    text: str, vault: Vault, connection_id: str, secret_id: str, now: datetime, expires_on: date | None = None
) -> UpstreamSecret:
    """The client secret as it is stored; raises `BadInput` for an empty, overlong or unreadable one."""
    try:
        plain = text.encode()
    except UnicodeEncodeError as error:
        raise BadInput("a client secret holds a lone surrogate") from error
    if not 0 < len(plain) <= MAX_SECRET_BYTES:
        raise BadInput(f"a client secret has 1 to {MAX_SECRET_BYTES} bytes")
    sealed = vault.encrypt_text(plain, upstream_secret_context(connection_id, secret_id))
    return UpstreamSecret(secret_id, sealed, now, expires_on)


def open_upstream_secret(secret: UpstreamSecret, vault: Vault, connection_id: str) -> str:
    """The client secret in clear, to be sent to its provider only. Raises `UndecryptableSecret`."""
    return vault.decrypt_text(secret.encrypted, upstream_secret_context(connection_id, secret.id)).decode()


def promoted(connection: Connection) -> Connection:
    """With the next secret as the current one: it works, or shall, where the current one does not."""
    return replace(connection, secrets=connection.secrets[1:]) if len(connection.secrets) > 1 else connection


def seal_upstream_id_token(token: str, vault: Vault, session_id: str) -> str:
    """The provider's ID token as it is kept beside our session, for the hint at signing out there."""
    return vault.encrypt_text(token.encode(), upstream_session_context(session_id)) if token else ""


def open_upstream_id_token(sealed: str, vault: Vault, session_id: str) -> str:
    """The ID token in clear; blank where none is kept. Raises `UndecryptableSecret`."""
    return vault.decrypt_text(sealed, upstream_session_context(session_id)).decode() if sealed else ""


def reseal_upstream_secrets(connection: Connection, vault: Vault) -> Connection:
    """The connection with its secrets under the key that seals now. Raises `UndecryptableSecret`."""

    def resealed(secret: UpstreamSecret) -> UpstreamSecret:
        context = upstream_secret_context(connection.id, secret.id)
        return replace(secret, encrypted=vault.reseal_text(secret.encrypted, context))

    if all(vault.is_current_text(secret.encrypted) for secret in connection.secrets):
        return connection
    return replace(connection, secrets=tuple(map(resealed, connection.secrets)))


def reseal_upstream_id_token(sealed: str, vault: Vault, session_id: str) -> str:
    """The ID token under the key that seals now. Raises `UndecryptableSecret`."""
    if not sealed or vault.is_current_text(sealed):
        return sealed
    return vault.reseal_text(sealed, upstream_session_context(session_id))


def upstream_secret_context(connection_id: str, secret_id: str) -> str:
    """The place that a client secret is sealed for."""
    return f"connection/secret/{connection_id}/{secret_id}"


def upstream_session_context(session_id: str) -> str:
    """The place that a provider's ID token is sealed for."""
    return f"upstream_session/{session_id}"
