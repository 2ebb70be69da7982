"""`vestibule import` and `vestibule export`."""

import json
import os
import sys
from pathlib import Path

from vestibule.cli.deployment import open_deployment
from vestibule.cli.failures import CommandFailed
from vestibule.flows.administer.export_realm import export_realm
from vestibule.flows.administer.import_realm import ImportReport, import_realm
from vestibule.settings import read_settings

MOST_NOTES = 50


async def import_file(file: Path, *, merge: bool) -> None:
    """Imports the file and prints what was done, what was made and what was left out."""
    text = read_text(file)
    async with open_deployment(read_settings()) as deployment:
        print_report(await import_realm(deployment, text, merge=merge))


async def export_file(realm: str, output: Path | None, *, with_secrets: bool) -> None:
    """Writes the realm's file. It is made for its owner only, since it tells of people."""
    async with open_deployment(read_settings()) as deployment:
        export = await export_realm(deployment, realm, with_secrets=with_secrets)
    text = json.dumps(export.document, indent=2, ensure_ascii=False) + "\n"
    if output is None:
        sys.stdout.write(text)
    else:
        write_private(output, text)
    print(f"left out: {', '.join(export.left_out)}", file=sys.stderr)


def print_report(report: ImportReport) -> None:
    """The report of an import for people to read."""
    counts = ", ".join(f"{count} {kind}" for kind, count in report.written.items())
    print(f"{'Imported' if report.is_new else 'Changed'} the realm {report.realm}: {counts}")
    if report.secrets:
        print("Client secrets that were made, shown this once only:")
        for client_id, secret in report.secrets:
            print(f"  {client_id}  {secret}")
    for note in report.notes[:MOST_NOTES]:
        print(f"note: {note}")
    if len(report.notes) > MOST_NOTES:
        print(f"note: and {len(report.notes) - MOST_NOTES} more of these")
    if report.left_out:
        print(f"left out: {', '.join(report.left_out)}")


def read_text(file: Path) -> str:
    """The text of the file, or of standard input for `-`. Raises `CommandFailed` where it cannot be read."""
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise CommandFailed(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise CommandFailed(f"{file} is not UTF-8 (byte {error.start}).") from None


def write_private(file: Path, text: str) -> None:
    """Writes a file that only its owner may read, whole or not at all."""
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
    draft.replace(file)
