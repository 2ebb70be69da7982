"""`vestibule demo`, which `make run` starts: the service, a sample realm, and applications to sign in to."""

import asyncio
import os
from dataclasses import dataclass, replace
from pathlib import Path

from vestibule.cli.deployment import open_deployment
from vestibule.cli.failures import CommandFailed
from vestibule.cli.practice import new_provider, provider_listener, vendor_listener
from vestibule.cli.serve import run_service
from vestibule.cli.transfer import write_private
from vestibule.crypto.secrets import reveal_client_secret
from vestibule.domain.realm import issuer
from vestibule.domain.redirect_uri import is_loopback_host
from vestibule.flows.administer.import_realm import import_realm
from vestibule.flows.deployment import Deployment
from vestibule.practice import samples
from vestibule.practice.application import create_application
from vestibule.practice.relying_party import Configuration
from vestibule.settings import Settings, read_settings
from vestibule.web import messages
from vestibule.web.server import Listener
from vestibule.web.views import HomeLink

NOTE = "samples.txt"
PROVIDER = "entra"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the samples listen beside the service."""

    application: int
    vendor: int
    provider: int

    @classmethod
    def after(cls, application: int, vendor: int | None, provider: int | None) -> "Ports":
        """Each that is not given is the one after the port before it."""
        vendor = application + 1 if vendor is None else vendor
        return cls(application, vendor, vendor + 1 if provider is None else provider)


def run_demo(ports: Ports) -> None:
    """Prepares the samples, then serves them with the service in one process."""
    settings = demo_settings(ports)
    application = samples.application_address(ports.application)
    configuration = asyncio.run(prepare_samples(settings, application))
    vendor = samples.application_address(ports.vendor)
    provider = new_provider(PROVIDER, ports.provider, settings.data_dir)
    listeners = [
        Listener(create_application(configuration), samples.HOST, ports.application),
        vendor_listener(ports.vendor, settings.data_dir),
        provider_listener(provider, ports.provider),
    ]
    links = (
        HomeLink(application, messages.SAMPLE_APPLICATION, messages.SAMPLE_APPLICATION_SENTENCE),
        HomeLink(vendor, messages.PRACTICE_VENDOR, messages.PRACTICE_VENDOR_SENTENCE),
        HomeLink(provider.base, messages.PRACTICE_PROVIDER, messages.PRACTICE_PROVIDER_SENTENCE),
        HomeLink(f"{settings.public_url}/health", messages.HEALTH, messages.HEALTH_SENTENCE),
    )
    lines = [
        "",
        "Open this:",
        f"  {application}  the sample application: press “Sign in”",
        f"  {vendor}  the practice application: set it up with the guide of Atera",
        f"  {provider.base}  the practice provider: connect it with the guide of Entra ID",
        f"  {settings.public_url}/console/{samples.REALM}  the console: sign in as {samples.ADMINISTRATOR}",
        f"  {settings.public_url}  the service itself: what else there is to open",
        "",
        note_file(settings).read_text(encoding="utf-8") + f"(kept in {note_file(settings)})",
    ]
    run_service(settings, links, listeners, lines, guide_urls={"000": vendor, "001": provider.base})


def demo_settings(ports: Ports) -> Settings:
    """The operator's settings, with logs for people, and the way to the samples open (D23)."""
    settings = read_settings()
    host = settings.public_url.partition("://")[2].rpartition(":")[0].strip("[]")
    if not is_loopback_host(host):
        raise CommandFailed("The samples run on the local machine only; use “vestibule serve” here.")
    allowed = (*settings.outbound_allow, f"{samples.HOST}:{ports.application}")
    stand_ins = {PROVIDER: samples.application_address(ports.provider), **settings.practice}
    log_format = settings.log_format if "VESTIBULE_LOG_FORMAT" in os.environ else "console"
    return replace(settings, outbound_allow=allowed, practice=stand_ins, log_format=log_format)


async def prepare_samples(settings: Settings, application: str) -> Configuration:
    """Makes the sample realm where it is missing; answers what the application must know.

    Passwords are made anew where the note with them is gone, since only hashes are stored.
    """
    async with open_deployment(settings) as deployment:
        realm = await deployment.storage.realm_by_name(samples.REALM)
        if realm is None or not note_file(settings).exists():
            text, people = samples.sample_realm(application)
            await import_realm(deployment, text, merge=True)
            write_private(note_file(settings), samples.write_note(people))
        elif not await _fits(deployment, realm.id, application):
            await import_realm(deployment, samples.sample_client(application), merge=True)
        return await _configuration(deployment, settings, application)


def note_file(settings: Settings) -> Path:
    """Where the people of the sample realm and their passwords are kept."""
    return settings.data_dir / NOTE


async def _fits(deployment: Deployment, realm_id: str, application: str) -> bool:
    """Whether the sample client is there and registered for the application's address."""
    client = await deployment.storage.client_by_client_id(realm_id, samples.CLIENT_ID)
    return client is not None and bool(client.secrets) and f"{application}/callback" in client.redirect_uris


async def _configuration(deployment: Deployment, settings: Settings, application: str) -> Configuration:
    realm = await deployment.storage.realm_by_name(samples.REALM)
    client = realm and await deployment.storage.client_by_client_id(realm.id, samples.CLIENT_ID)
    if not realm or not client or not client.secrets:
        raise CommandFailed(f"The realm {samples.REALM} has no client {samples.CLIENT_ID} with a secret.")
    secret = reveal_client_secret(client.secrets[0], deployment.vault, client.id)
    return Configuration(issuer(settings.public_url, realm.name), client.client_id, secret, application)
