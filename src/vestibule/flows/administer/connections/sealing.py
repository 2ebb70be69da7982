"""The secrets of a connection, at most two: the current one, and the next, which waits for it to fail."""

from dataclasses import replace
from datetime import date

from vestibule.domain.connection import Connection, UpstreamSecret
from vestibule.flows.deployment import Deployment
from vestibule.flows.upstream_secrets import seal_upstream_secret
from vestibule.representations.connection_addresses import sends_secret_elsewhere


def sealed(
    deployment: Deployment, connection: Connection, text: str, expires_on: date | None
) -> UpstreamSecret:
    """A secret as the provider showed it, sealed for the connection. Raises `BadInput`."""
    return seal_upstream_secret(
        text, deployment.vault, connection.id, deployment.new_id(), deployment.clock.now(), expires_on
    )


def with_secret(
    deployment: Deployment,
    before: Connection | None,
    connection: Connection,
    text: str | None,
    expires_on: date | None,
) -> Connection:
    """The connection with a new current secret, or with the date of the one it has.

    A new secret replaces the current one and leaves the next. Where the secret would go to another host
    than before, those that are there are forgotten: they were not entered for it.
    """
    kept = connection.secrets
    if before is not None and sends_secret_elsewhere(before, connection):
        kept = ()
    if text is not None:
        kept = (sealed(deployment, connection, text, expires_on), *kept[1:])
    elif kept:
        kept = (replace(kept[0], expires_on=expires_on), *kept[1:])
    return replace(connection, secrets=kept)
