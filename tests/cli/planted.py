"""A deployment that holds one sealed value of every kind, and what they are in clear."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from tests.cli.conftest import Run
from tests.representations.files import client, file_text
from tests.world import CALLBACK
from vestibule.cli.deployment import WallClock, open_deployment
from vestibule.crypto import base64url
from vestibule.crypto.keys import opens
from vestibule.crypto.secrets import Vault, digest, is_client_secret, reveal_client_secret
from vestibule.domain.connection import Connection
from vestibule.domain.session import Session
from vestibule.domain.user import User
from vestibule.flows.deployment import Deployment
from vestibule.flows.mail import Mail, open_mail_password, queue_mail
from vestibule.flows.mail.queue import reseal_mail
from vestibule.flows.ports import Store, UpstreamSession
from vestibule.flows.upstream_secrets import (
    open_upstream_id_token,
    open_upstream_secret,
    seal_upstream_id_token,
    seal_upstream_secret,
)
from vestibule.settings import read_settings
from vestibule.web.console.drafts import Draft, keep_draft, read_draft

LONG = "planted-client-secret-that-is-long-enough"
SHORT = "planted-short"
MAIL_PASSWORD = "planted-mail-password"
PROVIDER = "planted-provider-secret"
NEXT_PROVIDER = "planted-next-provider-secret"
ID_TOKEN = "planted.provider.id-token"
TYPED = "planted-typed-in-a-form"
RECIPIENT = "planted@acme.example"
PLANTED = (LONG, SHORT, MAIL_PASSWORD, PROVIDER, NEXT_PROVIDER, ID_TOKEN, TYPED, RECIPIENT)
ROWS = 2 + 2 + 1 + 1 + 1 + 1 + 1
"""Signing keys, clients, mail server, connection, mail, form, provider's session."""


@dataclass(frozen=True)
class Planted:
    """Where the planted values are."""

    realm_id: str
    connection_id: str
    session_id: str
    draft: str


def plant(run: Run, folder: Path, **members: Any) -> Planted:
    """Fills the database that the settings name; `members` are more of the realm's file."""
    file = folder / "acme.json"
    clients = [client(secret=LONG, redirectUris=[CALLBACK]), client(clientId="short", secret=SHORT)]
    clients += members.pop("clients", [])
    server = {"host": "127.0.0.1", "from": "a@acme.example", "auth": "true", "user": "u"}
    server |= {"password": MAIL_PASSWORD}
    file.write_text(file_text(clients=clients, smtpServer=server, **members))
    assert run("import", str(file)).code == 0
    return asyncio.run(_add_the_rest())


async def _add_the_rest() -> Planted:
    async with open_deployment(read_settings()) as deployment:
        return await _add_to(deployment)


async def _add_to(deployment: Deployment) -> Planted:
    storage, vault, now = deployment.storage, deployment.vault, WallClock().now()
    realm = await storage.realm_by_name("acme")
    assert realm is not None
    secrets = [
        seal_upstream_secret(text, vault, "connection-id", id_, now)
        for id_, text in (("one", PROVIDER), ("two", NEXT_PROVIDER))
    ]
    await storage.add_connection(Connection("connection-id", realm.id, "entra", secrets=tuple(secrets)))
    user = User(deployment.new_id(), realm.id, "alice", created_at=now)
    await storage.add_user(user)
    session = Session(deployment.new_id(), realm.id, user.id, digest("session"), ("pwd",), "1", now, now, now)
    await storage.add_session(session)
    token = seal_upstream_id_token(ID_TOKEN, vault, session.id)
    await storage.add_upstream_session(
        UpstreamSession(session.id, "connection-id", "https://idp.example", "subject", id_token=token)
    )
    await queue_mail(storage, deployment, realm, Mail("test", RECIPIENT), now)
    draft = await keep_draft(deployment, Draft("/console/acme", "", {"secret": TYPED}, "acme"))
    return Planted(realm.id, "connection-id", session.id, draft)


async def opened(planted: Planted) -> tuple[str, ...]:
    """What the planted values are with the keys of the settings; in the order of `PLANTED`."""
    async with open_deployment(read_settings()) as deployment:
        storage, vault = deployment.storage, deployment.vault
        realm = await storage.realm_by_id(planted.realm_id)
        connection = await storage.connection(planted.connection_id)
        session = await storage.upstream_session(planted.session_id)
        assert realm is not None
        assert connection is not None
        assert session is not None
        assert all(opens(key, vault) for key in await storage.keys(realm.id))
        draft = await read_draft(deployment, planted.draft)
        return (
            await client_secret(deployment, realm.id, "atera"),
            await client_secret(deployment, realm.id, "short"),
            open_mail_password(realm.id, realm.mail, vault),
            *(open_upstream_secret(secret, vault, connection.id) for secret in connection.secrets),
            open_upstream_id_token(session.id_token, vault, session.session_id),
            draft.form["secret"],
            await recipient(storage, vault),
        )


async def client_secret(deployment: Deployment, realm_id: str, client_id: str) -> str:
    """The secret of a client, which is also taken as one."""
    found = await deployment.storage.client_by_client_id(realm_id, client_id)
    assert found is not None
    text = reveal_client_secret(found.secrets[0], deployment.vault, found.id)
    assert is_client_secret(text, found, deployment.vault, deployment.clock.now())
    return text


async def recipient(store: Store, vault: Vault) -> str:
    """Whom the queued mail is for."""
    (delivery,) = await store.deliveries("mail")
    reseal_mail(delivery, vault)
    sealed = base64url.decode(msgspec.json.decode(delivery.payload, type=str).encode())
    context = f"delivery/payload/{delivery.realm_id}/{delivery.id}"
    text: str = json.loads(vault.decrypt(sealed, context))["recipient"]
    return text
