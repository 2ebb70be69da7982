"""`vestibule audit`: whether the audit is as it was written, and what it holds of a reference."""

import json
import re
import sys

from vestibule.cli.deployment import open_deployment
from vestibule.cli.failures import CommandFailed
from vestibule.domain.errors import RealmNotFound
from vestibule.domain.event import Event
from vestibule.flows.audit.verifying import MOST_BREACHES, Breach, Kind, Verified, verify_audit
from vestibule.settings import read_settings

SENTENCES: dict[Kind, str] = {
    "event changed": "an event under it is not the one that was sealed",
    "event removed": "an event under it is gone",
    "event added": "an event under it was not there when it was sealed",
    "seal altered": "the seal is not the one that was made, or not with this deployment's key",
    "seal missing": "it is gone",
}
NOT_MET = "The expected digest is not in the chain: seals were taken away or made anew, or it is mistyped."
DIGEST = re.compile(r"[0-9a-f]{64}")


async def verify(first: int, expected: str, *, as_json: bool) -> int:
    """Verifies the chain and prints what was found; answers the exit code, 1 where it does not hold."""
    if expected and not DIGEST.fullmatch(expected):
        raise CommandFailed("A digest has 64 hexadecimal digits in lower case.")
    async with open_deployment(read_settings()) as deployment:
        found = await verify_audit(deployment.storage, deployment.vault, first, expected)
    if as_json:
        print(json.dumps(_document(found)))
    else:
        _print(found)
    return 0 if found.is_intact else 1


async def list_events(realm: str, reference: str, limit: int) -> None:
    """Prints events as JSON lines, the newest first: of a realm, of a reference, or of both."""
    async with open_deployment(read_settings()) as deployment:
        realm_id = None
        if realm:
            found = await deployment.storage.realm_by_name(realm)
            if found is None:
                raise RealmNotFound(f"there is no realm “{realm}”; names are case sensitive")
            realm_id = found.id
        for event in await deployment.storage.events(realm_id, reference, limit):
            print(_line(event))


def _line(event: Event) -> str:
    fields = {name: getattr(event, name) for name in Event.__slots__}
    fields["at"] = event.at.isoformat()
    return json.dumps({name: value for name, value in fields.items() if value})


def _print(found: Verified) -> None:
    print(f"{found.seals} seals over {found.events} events; {found.unsealed} events wait for their seal.")
    if found.newest:
        print(f"newest digest  {found.newest}")
    for breach in found.breaches:
        print(f"seal {breach.seal}: {breach.kind}: {SENTENCES[breach.kind]}", file=sys.stderr)
    if len(found.breaches) == MOST_BREACHES:
        print("There may be more; these are the first.", file=sys.stderr)
    if found.is_met is False:
        print(NOT_MET, file=sys.stderr)
    print("The chain holds." if found.is_intact else "The chain does not hold.")


def _document(found: Verified) -> dict[str, object]:
    return {
        "intact": found.is_intact,
        "seals": found.seals,
        "events": found.events,
        "unsealed": found.unsealed,
        "newest": found.newest,
        "expected_is_there": found.is_met,
        "breaches": [_breach(breach) for breach in found.breaches],
    }


def _breach(breach: Breach) -> dict[str, object]:
    return {"seal": breach.seal, "kind": breach.kind}
