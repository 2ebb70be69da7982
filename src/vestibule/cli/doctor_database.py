"""What `vestibule doctor` looks at in the database, which it does not upgrade by looking."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from vestibule.cli.deployment import open_deployment
from vestibule.cli.findings import Finding, fine, note, problem
from vestibule.domain.errors import UndecryptableSecret, VestibuleError
from vestibule.domain.expiry import URGENT_DAYS, days_left
from vestibule.domain.realm import MASTER
from vestibule.flows.administer.secret_key.rotation import find_former
from vestibule.flows.deployment import Deployment
from vestibule.flows.expiry.words import thing, when
from vestibule.flows.opened_addresses import opened_addresses
from vestibule.flows.setup import ADMINISTERED
from vestibule.settings import Settings, SettingsError
from vestibule.storage.schema import check_version

MOST_EXPIRING = 5
UPGRADE = "Run “vestibule db upgrade”."


async def check_database(settings: Settings) -> list[Finding]:
    """Reachable, of the right schema, readable with our key, with a sane clock and an administrator."""
    file = settings.database_file
    if file is not None and not file.exists():
        return [fine("database", f"{file.resolve()} will be made at the first start.")]
    try:
        if file is not None:
            check_version(_embedded_version(file))
        async with open_deployment(settings) as deployment:
            await deployment.storage.check()
            found = [fine("database", "answers, and has the schema of this version")]
            return [*found, *[finding async for finding in _look_inside(deployment)]]
    except UndecryptableSecret:
        return [
            problem(
                "secret key",
                "The stored secrets do not open with this key.",
                "Set VESTIBULE_SECRET_KEY to the key that this database was made with.",
            )
        ]
    except VestibuleError as error:
        fix = UPGRADE if "upgrade" in error.detail else "Check VESTIBULE_DATABASE_URL and the database."
        return [problem("database", error.detail or error.sentence, fix)]
    except SettingsError as error:
        return [problem("secret key", str(error), "Without that key nothing encrypted can be read.")]
    except sqlite3.Error as error:
        return [problem("database", f"{file} is no database ({error}).", "Restore it from a backup.")]


async def _look_inside(deployment: Deployment) -> AsyncIterator[Finding]:
    yield await _key(deployment)
    master = await deployment.storage.realm_by_name(MASTER)
    if master is None:
        yield fine("administrator", "asked for at the first start")
        return
    yield _clock(await deployment.storage.value("time_high"))
    if await deployment.storage.value(ADMINISTERED) is None:
        yield note(
            "administrator",
            "Nobody administers this deployment yet.",
            "Open the link that “vestibule serve” prints, or run “vestibule bootstrap-admin”.",
        )
    else:
        yield fine("administrator", "there is one")
    yield await _opened(deployment)
    for finding in await _expiring(deployment, datetime.now(UTC)):
        yield finding


async def _expiring(deployment: Deployment, now: datetime) -> list[Finding]:
    """What ends within a week, or has ended; the first few of it."""
    found = []
    for expiry in await deployment.storage.expiries(limit=MOST_EXPIRING):
        realm = await deployment.storage.realm_by_id(expiry.realm_id)
        if realm is not None and days_left(expiry.expires_on, now) <= URGENT_DAYS:
            what = f"At {realm.title}, {thing(expiry.kind, expiry.name, 'en')}"
            sentence = f"{what} {when(expiry.expires_on, now, 'en')}."
            found.append(note("expiry", sentence, f"Renew it: /console/{realm.name}{expiry.path}"))
    return found


async def _opened(deployment: Deployment) -> Finding:
    """What Platform Admins allowed besides the operator's setting."""
    opened = await opened_addresses(deployment.storage)
    if not opened:
        return fine("outgoing requests", "no address in the network is allowed at /platform/outbound")
    named = ", ".join(f"{one.place} (by {one.opened_by})" for one in opened)
    return fine("outgoing requests", f"allowed at /platform/outbound: {named}")


async def _key(deployment: Deployment) -> Finding:
    """That it opens the platform's keys was seen at the opening; does all the rest open with it?"""
    former = await find_former(deployment)
    if former.lost:
        return problem(
            "secret key",
            f"{len(former.lost)} stored values open with no key that is known, such as {former.lost[0]}.",
            "Add the key that they need to VESTIBULE_SECRET_KEY_PREVIOUS, or enter them anew.",
        )
    if former.kinds:
        return note(
            "secret key",
            f"{former.kinds.total()} stored values are encrypted with a former key.",
            "Run “vestibule secret-key rotate”.",
        )
    return fine("secret key", "opens what is stored")


def _clock(stored: str | None) -> Finding:
    """Behind the highest time that was stored, the service holds its own clock still until then (D30)."""
    highest = datetime.fromtimestamp(int(stored) / 1_000_000, UTC) if stored else None
    behind = (highest - datetime.now(UTC)).total_seconds() if highest else 0
    if behind > 60:
        return problem(
            "clock",
            f"This machine's clock is {behind:.0f} seconds behind the last time that the service saw.",
            "Set the clock, and let a time service keep it.",
        )
    return fine("clock", f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")


def _embedded_version(file: Path) -> str:
    """The schema that the file has, blank for none."""
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if "alembic_version" not in names:
            return ""
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""
