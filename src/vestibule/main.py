"""The composition root: puts the rooms together into one running service."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from vestibule import __version__
from vestibule.crypto.passwords import PasswordPool
from vestibule.domain.errors import VestibuleError
from vestibule.domain.event import Event
from vestibule.flows.administer.platform import Administrator, open_platform
from vestibule.flows.administer.secret_key.check import check_secret_key
from vestibule.flows.audit.chain import link_of
from vestibule.flows.audit.sealing import seal_events
from vestibule.flows.client_keys import ClientKeys
from vestibule.flows.deployment import Deployment
from vestibule.flows.expiry.remind import remind
from vestibule.flows.mail import MAIL, MailDelivery
from vestibule.flows.notify import BACKCHANNEL_LOGOUT, BackchannelLogout
from vestibule.flows.ports import Storage
from vestibule.flows.provider_keys import ProviderKeys
from vestibule.outbound.fetch import GuardedFetch
from vestibule.outbound.mailers import new_mailer
from vestibule.outbound.queue import DeliveryQueue
from vestibule.settings import Settings
from vestibule.settings.vault import open_vault
from vestibule.storage.opening import open_storage
from vestibule.storage.settings_cache import SettingsCache
from vestibule.web.app import Application
from vestibule.web.assets import Assets
from vestibule.web.context import Context
from vestibule.web.logs import LOGGER, RequestLog
from vestibule.web.metrics import Metrics
from vestibule.web.pages import Pages
from vestibule.web.views import HomeGuide, HomeLink

POLL_SECONDS = 1.0
SWEEP_SECONDS = 60.0
SWEEP_PAUSE_SECONDS = 0.1
SEAL_SECONDS = 1.0
SEAL_PAUSE_SECONDS = 0.01
SEAL_STOP_SECONDS = 5.0
NOTE_SECONDS = 3600.0
REMIND_SECONDS = 60.0
TIME_HIGH = "time_high"


class SystemClock:
    """The wall clock, held so that it never runs back, not even over a restart (D30)."""

    def __init__(self) -> None:
        self._highest = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """The present moment, or the highest one seen where the wall clock is behind it."""
        now = datetime.now(UTC)
        if now < self._highest:
            return self._highest
        self._highest = now
        return now

    def is_at_least(self, at: datetime) -> None:
        """Takes over the highest time that an earlier run saw."""
        self._highest = max(self._highest, at)


@dataclass
class Service:
    """A running Vestibule: the application and what works beside it."""

    settings: Settings
    deployment: Deployment
    storage: Storage
    queue: DeliveryQueue
    cache: SettingsCache
    clock: SystemClock
    passwords: PasswordPool
    app: Application = field(init=False)
    setup_token: str | None = None
    """Opens the one-time set-up page, as long as nobody administers the deployment; set by `start`."""
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        """Takes over the time of the last run, prepares the platform, starts what runs beside requests.

        Raises `UndecryptableSecret` before anything is written where the secret key is another one.
        """
        await check_secret_key(self.storage, self.deployment.vault)
        seen = await self.storage.value(TIME_HIGH)
        if seen is not None:
            self.clock.is_at_least(datetime.fromtimestamp(int(seen) / 1_000_000, UTC))
        self.setup_token = await open_platform(self.deployment, _first_administrator(self.settings))
        self._tasks = [
            asyncio.create_task(self.queue.run()),
            asyncio.create_task(repeat(self.poll, POLL_SECONDS)),
            asyncio.create_task(repeat(self.sweep, SWEEP_SECONDS)),
            asyncio.create_task(repeat(self.seal, SEAL_SECONDS)),
            asyncio.create_task(repeat(self.note_seal, NOTE_SECONDS)),
            asyncio.create_task(repeat(self.remind, REMIND_SECONDS)),
        ]

    async def stop(self) -> None:
        """Stops it again and closes what was opened."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self._seal_the_rest()
        await self.passwords.close()
        await self.storage.close()

    async def poll(self) -> None:
        """Sees what other processes changed: settings, and then the secret keys that they took away."""
        await self.cache.poll()
        self.deployment.vault.forget_removed()

    async def sweep(self) -> None:
        """Deletes what has expired, a few rows at a time until nothing is left: load must not outrun it."""
        while await self.storage.sweep(self.clock.now()):  # noqa: ASYNC110 - the pause is for the others
            await asyncio.sleep(SWEEP_PAUSE_SECONDS)

    async def seal(self) -> None:
        """Puts new events under the audit's chain, a batch at a time; whoever waits goes in between."""
        while await seal_events(self.storage, self.deployment.vault, self.clock.now()):  # noqa: ASYNC110
            await asyncio.sleep(SEAL_PAUSE_SECONDS)

    async def note_seal(self) -> None:
        """Writes the chain's newest digest to the log, which is often kept where the database is not."""
        seal = await self.storage.last_seal()
        if seal is not None:
            LOGGER.info("audit: seal %s, digest %s", seal.number, link_of(seal))

    async def remind(self) -> None:
        """Sends the reminders of what expires that are due."""
        await remind(self.deployment)

    async def _seal_the_rest(self) -> None:
        try:
            async with asyncio.timeout(SEAL_STOP_SECONDS):
                await self.seal()
                await self.note_seal()
        except (VestibuleError, TimeoutError) as error:
            LOGGER.warning("audit: the last events are sealed at the next start: %s", error)


async def repeat(work: Callable[[], Awaitable[object]], seconds: float) -> None:
    """Does the work again and again; a failure is logged and tried again at the next turn."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except VestibuleError as error:
            LOGGER.warning("background work failed: %s", error.detail or error.code)
        except Exception:  # noqa: BLE001 - without it a process would keep old settings for ever
            LOGGER.exception("background work failed")


def build(
    settings: Settings,
    links: Sequence[HomeLink] = (),
    guides: Sequence[HomeGuide] = (),
    *,
    serving: bool = True,
) -> Service:
    """Everything of one process, from its settings. Opens the database; starts nothing."""
    # First: without its key a database is not even opened.
    vault = open_vault(settings)
    storage = open_storage(settings.database, serving=serving)
    clock, passwords = SystemClock(), PasswordPool(slots=settings.password_slots)
    metrics = Metrics(__version__)
    cache = SettingsCache(storage, vault, settings.public_url)
    fetch = GuardedFetch(settings.every_outbound_allow, settings.ca_file, cache.opened)
    observe = _observer(metrics)
    logouts = BackchannelLogout(storage, cache, fetch, clock, os.urandom, observe=observe)
    mailer = new_mailer(settings, cache.opened)
    mails = MailDelivery(storage, mailer, vault, clock, os.urandom, observe=observe)
    queue = DeliveryQueue(storage, clock, {BACKCHANNEL_LOGOUT: logouts, MAIL: mails})
    deployment = Deployment(
        public_url=settings.public_url,
        storage=storage,
        settings=cache,
        clock=clock,
        random=os.urandom,
        passwords=passwords,
        vault=vault,
        client_keys=ClientKeys(fetch),
        fetch=fetch,
        provider_keys=ProviderKeys(fetch),
        mailer=mailer,
        wake=queue.wake,
        observe=observe,
        admin_cli_password_grant=settings.admin_cli_password_grant,
        practice=settings.practice,
    )
    assets = Assets(urlsplit(settings.public_url).path.rstrip("/"))
    context = Context(
        deployment=deployment,
        pages=Pages(assets),
        assets=assets,
        metrics=metrics,
        log=RequestLog(log_format=settings.log_format, is_verbose=settings.log_level in ("debug", "info")),
        version=__version__,
        trusted_proxies=settings.trusted_proxies,
        metrics_token=settings.metrics_token,
        support_url=settings.support_url,
        links=links,
        guides=guides,
    )
    service = Service(settings, deployment, storage, queue, cache, clock, passwords)
    service.app = Application(context, service.start, service.stop)
    return service


def _first_administrator(settings: Settings) -> Administrator | None:
    """The administrator whom the operator set, if nobody administers yet."""
    if not settings.bootstrap_admin_email:
        return None
    return Administrator(
        email=settings.bootstrap_admin_email,
        password=settings.bootstrap_admin_password,
        username=settings.bootstrap_admin_username,
        is_temporary=True,
    )


def _observer(metrics: Metrics) -> Callable[[Event], None]:
    def observe(event: Event) -> None:
        metrics.event(event.realm_id or "", event.type, event.error)

    return observe


def create_app(settings: Settings) -> Application:
    """The ASGI application for a host of its own or for mounting inside another one.

    Nothing is opened at import. Where the host runs no lifespan for it, it starts at its first request.
    """
    return build(settings).app
