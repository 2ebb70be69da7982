"""`vestibule doctor`: looks at what keeps the service from running well, and changes nothing."""

import os
from collections.abc import Callable, Iterable, Mapping

from vestibule.cli import doctor_machine as machine
from vestibule.cli.doctor_database import check_database
from vestibule.cli.findings import Finding, note, problem
from vestibule.settings import Settings, SettingsError, read_settings, unknown_variables

CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    machine.check_public_url,
    machine.check_proxies,
    machine.check_port,
    machine.check_data_directory,
    machine.check_secret_key,
    machine.check_certificates,
)
MARKS = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "problem": "[red bold]problem[/]"}


async def examine(environment: Mapping[str, str] = os.environ) -> int:
    """Prints what was found; answers the exit code, 1 where there is a problem."""
    findings = await find(environment)
    _print(findings)
    return int(any(finding.state == "problem" for finding in findings))


async def find(environment: Mapping[str, str]) -> list[Finding]:
    """Every finding. With settings that cannot be read there is nothing else to look at."""
    unknown = [
        note("settings", f"{name} is not a setting.", "Check its spelling in docs/reference/settings.md.")
        for name in unknown_variables(environment)
    ]
    try:
        settings = read_settings(environment)
    except SettingsError as error:
        return unknown + [problem("settings", sentence, "Correct it.") for sentence in error.problems]
    found = [*unknown, *[check(settings) for check in CHECKS]]
    # Without its key the database cannot be looked into.
    has_key = all((one.subject, one.state) != ("secret key", "problem") for one in found)
    return [*found, *(await check_database(settings) if has_key else ())]


def _print(findings: Iterable[Finding]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for finding in findings:
        table.add_row(MARKS[finding.state], finding.subject, escape(finding.sentence))
        if finding.fix:
            table.add_row("", "", f"[bold]→[/] {escape(finding.fix)}")
    Console(soft_wrap=False).print(table)
