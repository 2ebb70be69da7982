"""`vestibule secret-key`: another key for everything that is stored, while the service runs."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from vestibule.cli.deployment import open_deployment
from vestibule.cli.failures import CommandFailed
from vestibule.flows.administer.secret_key.rotation import (
    find_former,
    is_unfinished,
    note_rotation,
    reseal_all,
)
from vestibule.flows.deployment import Deployment
from vestibule.settings import Settings, read_settings
from vestibule.settings.key_file import (
    RotationRunning,
    key_file_lock,
    put_new_key,
    read_key_file,
    remove_former_keys,
)

PAUSE_SECONDS = 0.01
"""Between two transactions, for those who sign in meanwhile."""
SET_BY_SETTINGS = (
    "The key is set by VESTIBULE_SECRET_KEY. Set a new one there and this one in"
    " VESTIBULE_SECRET_KEY_PREVIOUS, start every service again, and repeat the command."
)


async def rotate() -> int:
    """Puts a new key in its place, unless a rotation is to be ended, and encrypts everything with it.

    Answers the exit code, 1 where something opens with no key that is known.
    """
    settings = read_settings()
    with _only_one(settings):
        async with open_deployment(settings) as deployment:
            await note_rotation(deployment, await _begin(settings, deployment))
            count = await _reseal(deployment)
            await note_rotation(deployment, "ended", count)
            lost = (await find_former(deployment)).lost
    print(f"Key {deployment.vault.key_id} encrypts what is stored. {count} values were changed.")
    _tell_what_is_next(settings)
    return _tell_lost(lost)


async def retire() -> None:
    """Removes the former keys from the key file; raises `CommandFailed` while something needs one."""
    settings = read_settings()
    with _only_one(settings):
        async with open_deployment(settings) as deployment:
            if await is_unfinished(deployment):
                raise CommandFailed("A former key is still needed. Run “vestibule secret-key rotate” first.")
            await _remove_former_keys(settings, deployment)
    if settings.secret_key_previous:
        print("Nothing needs VESTIBULE_SECRET_KEY_PREVIOUS any more: remove it.")


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Nobody else changes the key file meanwhile. With a key that is set there is none: then two may run,
    since each row is changed in a transaction of its own that looks again."""
    if settings.secret_key:
        yield
        return
    if not settings.secret_key_file.exists():
        raise CommandFailed(f"There is no key in {settings.secret_key_file}: the first start makes one.")
    try:
        with key_file_lock(settings.secret_key_file):
            yield
    except RotationRunning:
        raise CommandFailed("Another command is changing the secret key at this moment.") from None


async def _begin(settings: Settings, deployment: Deployment) -> str:
    """What the run is: a rotation that begins, or one that goes on."""
    if settings.secret_key:
        if not settings.secret_key_previous and not (await find_former(deployment)).kinds:
            raise CommandFailed(SET_BY_SETTINGS)
        return "began"
    if await is_unfinished(deployment):
        return "continued"
    put_new_key(settings.secret_key_file)
    return "began"


async def _reseal(deployment: Deployment) -> int:
    done = 0
    async for kinds in reseal_all(deployment):
        done += kinds.total()
        print(f"{done} values have the new key", file=sys.stderr, flush=True)
        await asyncio.sleep(PAUSE_SECONDS)
    return done


async def _remove_former_keys(settings: Settings, deployment: Deployment) -> None:
    file = settings.secret_key_file
    if settings.secret_key or len(read_key_file(file)) == 1:
        return
    remove_former_keys(file)
    await note_rotation(deployment, "retired")
    print(f"Only the present key is left in {file}.")


def _tell_lost(lost: Sequence[str]) -> int:
    for sentence in lost:
        print(f"vestibule: {sentence}", file=sys.stderr)
    if lost:
        print("vestibule: these open with no key that is known, and were left as they are", file=sys.stderr)
    return int(bool(lost))


def _tell_what_is_next(settings: Settings) -> None:
    if not settings.secret_key:
        print("The former key stays in the key file until you run “vestibule secret-key retire”.")
        print(f"Copy {settings.secret_key_file} to where its copy is. Older backups need the former key.")
    elif settings.secret_key_previous:
        print("VESTIBULE_SECRET_KEY_PREVIOUS can be removed. Older backups need the key in it.")
