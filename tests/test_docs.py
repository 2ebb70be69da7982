"""The documentation says what the code does, and what it prints can be typed."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main

from tests.interop.apache import CONFIGURATION
from tests.world import World
from vestibule.cli.app import app
from vestibule.domain.client import Algorithm
from vestibule.domain.errors import VestibuleError, WrongCode
from vestibule.domain.errors.upstream import UPSTREAM_ERRORS
from vestibule.domain.event import EventType
from vestibule.domain.realm import Lifetimes
from vestibule.flows.administer.import_realm import import_realm
from vestibule.flows.error_fixes import FIXES
from vestibule.flows.error_names import ERRORS
from vestibule.oidc.claims import SCOPE_CLAIMS
from vestibule.oidc.discovery import provider_metadata
from vestibule.representations.client_attributes import OWN_ATTRIBUTES as CLIENT_ATTRIBUTES
from vestibule.representations.realm import DURATIONS
from vestibule.representations.realm import OWN_ATTRIBUTES as REALM_ATTRIBUTES
from vestibule.settings import settings_table, unknown_variables
from vestibule.web.admin.openapi import operations
from vestibule.web.admin.routes import ADMIN_ROUTES
from vestibule.web.routes import every_route

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
PICTURES = DOCS / "pictures"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<(?:img|a)\b[^>]*?\b(?:src|href)=\"([^\"]+)\"")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
OF_THIS_MACHINE = re.compile(
    r"(?<![\w.])/(?:work|tmp|root|home|mnt|Users)/|pypi\.|pythonhosted\.|npmjs\.|registry\."
)


def read(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def blocks(language: str) -> Iterator[tuple[Path, str]]:
    """The fenced blocks of one language, in every document."""
    for page in PAGES:
        for found in FENCE.finditer(page.read_text(encoding="utf-8")):
            if found[1] == language:
                yield page, found[2]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as Markdown renderers make them."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_printed_pages_are_what_the_code_prints() -> None:
    command = [sys.executable, "scripts/reference.py", "--check"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert checked.returncode == 0, checked.stderr


def test_every_setting_is_documented_with_its_default_and_meaning() -> None:
    written = [
        line for line in read("reference/settings.md").splitlines() if line.startswith("| `VESTIBULE_")
    ]
    assert written == [f"| {name} | {default} | {meaning} |" for name, default, meaning in settings_table()]


def test_every_route_has_its_line() -> None:
    text = read("reference/endpoints.md")
    for route in every_route():
        assert text.count(f"| `{route.path}` |") == 1


def test_every_method_of_the_admin_api_has_its_line_with_the_right_that_it_needs() -> None:
    text = read("reference/admin-api.md")
    for path, method, operation in operations(ADMIN_ROUTES):
        needs = f"{operation.right}, fresh" if operation.is_fresh else operation.right
        assert text.count(f"\n| {method} `{path}` | {operation.summary} | {needs} |") == 1


def test_every_type_of_event_is_documented() -> None:
    text = read("how-to/check-the-audit.md")
    assert [name for name in get_args(EventType) if f"`{name}`" not in text] == []


def test_every_error_name_has_its_line() -> None:
    text = read("errors.md")
    for error in ERRORS:
        assert text.count(f"| `{error.code}` | {int(error.status)} |") == 1


def test_S002_58_every_failure_at_a_provider_has_its_list_of_what_to_do() -> None:
    text = read("errors.md")
    fixed = [fix.error for _, fixes in FIXES for fix in fixes]
    outside = [error for error in ERRORS if error.__module__ == "vestibule.domain.errors.outbound"]
    assert set(fixed) == {*UPSTREAM_ERRORS, *outside, WrongCode}
    assert [error.code for error in fixed if text.count(f"\n### {error.code}\n") != 1] == []


def named_errors(above: type[VestibuleError] = VestibuleError) -> Iterator[type[VestibuleError]]:
    """Every kind of error that the loaded program knows."""
    for error in above.__subclasses__():
        yield error
        yield from named_errors(error)


def test_every_kind_of_error_of_the_program_has_a_registered_name() -> None:
    assert list(every_route())
    ours = [error for error in named_errors() if error.__module__.startswith("vestibule.")]
    assert {error.code for error in ours if hasattr(error, "code")} <= {error.code for error in ERRORS}


def test_every_attribute_that_is_a_setting_is_documented() -> None:
    text = read("reference/realm-file.md")
    assert [name for name in sorted(CLIENT_ATTRIBUTES | REALM_ATTRIBUTES) if f"`{name}`" not in text] == []


def test_every_lifetime_that_is_taken_is_documented() -> None:
    text = read("reference/realm-file.md")
    assert [one.member for one in DURATIONS if f"`{one.member}`" not in text] == []


def test_every_lifetime_is_documented_with_its_default() -> None:
    text = read("reference/protocol.md")
    members = {one.attribute: one.member for one in DURATIONS} | {
        "id_token_seconds": "vestibule.id_token_seconds"
    }
    for field in fields(Lifetimes):
        assert re.search(rf"^\| [^|]* \| {field.default} \| [^|]*`{members[field.name]}`", text, re.MULTILINE)


@pytest.mark.parametrize(
    "member",
    [
        "response_modes_supported",
        "grant_types_supported",
        "token_endpoint_auth_methods_supported",
        "code_challenge_methods_supported",
        "prompt_values_supported",
        "acr_values_supported",
    ],
)
def test_everything_that_discovery_offers_is_in_the_protocol_page(member: str) -> None:
    text, offered = read("reference/protocol.md"), provider_metadata("https://sso.example")[member]
    assert isinstance(offered, list)
    assert [value for value in offered if f"`{value}`" not in text] == []


def test_the_protocol_page_names_every_claim_at_its_scope_and_every_algorithm() -> None:
    text = read("reference/protocol.md")
    for scope, claims in SCOPE_CLAIMS.items():
        line = next(line for line in text.splitlines() if line.startswith(f"| `{scope}` |"))
        assert [claim for claim in claims if f"`{claim}`" not in line] == []
    assert [name for name in get_args(Algorithm) if name not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in (link or source for link, source in LINK.findall(text)):
        if target.startswith(("https://", "http://")):
            continue
        path, _, anchor = target.partition("#")
        leads_to = (page.parent / path).resolve() if path else page
        assert leads_to.exists(), target
        assert leads_to.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(leads_to), target


def test_every_page_is_reached_from_the_index() -> None:
    index = read("README.md")
    pages = [page.relative_to(DOCS) for page in DOCS.rglob("*.md") if page.parent.name != "decisions"]
    assert [str(page) for page in pages if page.name != "README.md" and f"({page})" not in index] == []


def test_every_picture_is_shown_and_all_are_small() -> None:
    shown, pictures = read("pages.md"), sorted(PICTURES.glob("*.png"))
    assert [picture.name for picture in pictures if f'"pictures/{picture.name}"' not in shown] == []
    assert 0 < sum(picture.stat().st_size for picture in pictures) < 10 * 2**20


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_path_of_a_machine_or_a_package_index(page: Path) -> None:
    assert OF_THIS_MACHINE.findall(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    named = re.findall(r"\bVESTIBULE_[A-Z_]*[A-Z]\b(?!_)", page.read_text(encoding="utf-8"))
    assert unknown_variables(dict.fromkeys(named, "")) == ()


def test_every_command_in_a_block_exists_with_its_options() -> None:
    lines = [line.strip() for _, block in blocks("") for line in block.splitlines()]
    typed = [line for line in lines if re.match(r"(?:\S+/)?vestibule [a-z]", line)]
    assert len(typed) > 10
    for line in typed:
        words = line.partition(" #")[0].split()[1:]
        command: Any = typer.main.get_command(app)
        while hasattr(command, "commands"):
            command = command.commands[words.pop(0)]
        known = {name for parameter in command.params for name in parameter.opts}
        assert {word.strip("[]") for word in words if re.match(r"\[?-\w|\[?--", word)} <= known, line


async def test_every_realm_file_of_the_documents_can_be_imported(world: World) -> None:
    files = [block for _, block in blocks("json") if '"clients"' in block or '"users"' in block]
    assert len(files) >= 3
    for text in files:
        report = await import_realm(world.deployment, text, merge=True)
        assert (report.left_out, report.notes) == ((), ())


def test_the_apache_configuration_is_the_one_that_is_tested() -> None:
    (block,) = [block for _, block in blocks("apache")]
    directives = {line.split()[0] for line in block.splitlines() if line.startswith("OIDC")}
    assert directives >= {"OIDCClientID", "OIDCRedirectURI"}
    assert directives <= {line.split()[0] for line in CONFIGURATION.splitlines() if line.startswith("OIDC")}


def test_the_cases_of_the_troubleshooting_page_are_names_of_errors() -> None:
    rows = re.findall(
        r"^\| `(\w+)`", read("how-to/troubleshoot.md").partition("## Frequent cases")[2], re.MULTILINE
    )
    assert len(rows) > 5
    assert set(rows) <= {error.code for error in ERRORS}
