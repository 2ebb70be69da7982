"""The secrets of a client: shown as often as its administrator asks, replaced with an overlap (D18, S000-31).

At most two are taken at once: the current one, and a former one until its stated end.
"""

from dataclasses import replace
from datetime import timedelta

from vestibule.crypto.secrets import new_client_secret, reveal_client_secret, seal_client_secret
from vestibule.domain.client import Client, ClientSecret
from vestibule.domain.errors import BadInput, NotChangeable, NotHere
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.clients import check_changeable, check_present
from vestibule.flows.ports import Store

HOUR = 3600
OVERLAPS = (0, HOUR, 24 * HOUR, 7 * 24 * HOUR)
"""For how many seconds a replaced secret may still work."""


def current_secret(client: Client) -> ClientSecret | None:
    """The secret that has no end."""
    return next((secret for secret in client.secrets if secret.expires_at is None), None)


def former_secret(client: Client, at: Administration) -> ClientSecret | None:
    """The replaced secret that is still taken."""
    return next(
        (one for one in client.secrets if one.expires_at is not None and at.now < one.expires_at), None
    )


def is_short(secret: ClientSecret) -> bool:
    """Whether it was imported and could be guessed, so that it should be replaced (D18)."""
    return secret.digest.startswith("hmac:")


def takes_secret(client: Client) -> bool:
    """Whether the client authenticates with a secret of its own."""
    return not client.public and not client.built_in and client.authenticator == "client-secret"


async def reveal_secret(at: Administration, client: Client) -> str:
    """The current secret in plain text, with an event each time. Raises `NotHere` where there is none."""
    secret = current_secret(client)
    if secret is None:
        raise NotHere(f"{client.client_id} has no secret")
    text = reveal_client_secret(secret, at.deployment.vault, client.id)
    event = at.event("SECRET_REVEALED", "CLIENT", f"clients/{client.id}", client=client.client_id)
    await at.deployment.storage.add_event(event)
    return text


async def regenerate_secret(at: Administration, client: Client, overlap_seconds: int = 0) -> str:
    """Makes a new secret and answers it; the one before is taken for `overlap_seconds` more.

    An older former one ends now. Raises `BadInput` for an overlap that is not among `OVERLAPS`,
    `NotChangeable` for a client that has no secret.
    """
    if overlap_seconds not in OVERLAPS:
        raise BadInput(f"an overlap of {overlap_seconds} seconds is not offered")
    check_changeable(client)
    if not takes_secret(client):
        raise NotChangeable(f"{client.client_id} does not authenticate with a secret")
    text, now = new_client_secret(at.deployment.random), at.now
    secrets = [seal_client_secret(text, at.deployment.vault, client.id, now)]
    before = current_secret(client)
    if before is not None and overlap_seconds:
        secrets.append(replace(before, expires_at=now + timedelta(seconds=overlap_seconds)))
    await _save(at, client, tuple(secrets), "a new secret", str(overlap_seconds))
    return text


async def end_former_secret(at: Administration, client: Client) -> None:
    """The former secret is refused from now on. Raises `NotHere` where there is none."""
    check_changeable(client)
    kept = tuple(secret for secret in client.secrets if secret.expires_at is None)
    if kept == client.secrets:
        raise NotHere(f"{client.client_id} has no former secret")
    await _save(at, client, kept, "the former secret ended")


async def _save(
    at: Administration, client: Client, secrets: tuple[ClientSecret, ...], what: str, overlap: str = ""
) -> None:
    path = f"clients/{client.id}/client-secret"
    event = at.change("ACTION", "CLIENT", path, done=what, former_works_seconds=overlap)

    async def step(store: Store) -> None:
        await check_present(store, client)
        await store.save_client(replace(client, secrets=secrets))
        await store.add_event(event)

    await at.deployment.storage.transaction(step)
