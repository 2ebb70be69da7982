"""The house keeps its shape: imports point inwards, protocol code is pure, files and functions stay small."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "vestibule"
MIGRATIONS = PACKAGE / "storage" / "migrations" / "versions"
MODULES = sorted(module for module in PACKAGE.rglob("*.py") if MIGRATIONS not in module.parents)
"""Migrations are history: they are as long as their change was, and nobody edits them."""

PURE_ROOMS = ("domain", "crypto", "oidc", "saml", "scim", "representations", "catalogue", "flows")
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
}
NAMES_THAT_SAY_NOTHING = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "managers",
    "base",
}

LONGEST_FILE = 260
LONGEST_FUNCTION = 60
USUAL_FILE, NINE_IN_TEN_FILES = 150, 250
USUAL_FUNCTION, NINE_IN_TEN_FUNCTIONS = 10, 25
"""Near the sizes of the best code of the field: 110 and 280 lines a file, 6 to 8 and 25 a function."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def path_of(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def tree_of(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def lines_of(module: Path) -> int:
    return len(module.read_text(encoding="utf-8").splitlines())


def pure_modules() -> list[Path]:
    return [module for room in PURE_ROOMS for module in sorted((PACKAGE / room).rglob("*.py"))]


def function_sizes() -> dict[str, int]:
    """Lines from `def` to the end, without the docstring: explaining costs nothing."""
    return {
        f"{path_of(module)}:{function.lineno} {function.name}": size_of(function)
        for module in MODULES
        for function in ast.walk(tree_of(module))
        if isinstance(function, Function) and not is_declaration(function)
    }


def size_of(function: Function) -> int:
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    has_docstring = ast.get_docstring(function, clean=False) is not None
    return whole - ((first.end_lineno or first.lineno) - first.lineno + 1 if has_docstring else 0)


def is_declaration(function: Function) -> bool:
    """Whether it is a method of a port, which has a signature and no body."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return all(isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) for line in body)


def imported_packages(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def readings_of_the_clock(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if (owner, node.attr) in CLOCKS:
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield node.lineno


def ninth_decile(sizes: list[int]) -> float:
    return quantiles(sizes, n=10, method="inclusive")[8]


def test_imports_point_inwards() -> None:
    lint = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout


def test_the_domain_needs_the_standard_library_only() -> None:
    allowed = sys.stdlib_module_names | {"vestibule"}
    foreign = {
        f"{path_of(module)}: {package}"
        for module in sorted((PACKAGE / "domain").rglob("*.py"))
        for package in imported_packages(tree_of(module))
        if package not in allowed
    }
    assert not foreign


@pytest.mark.parametrize("module", pure_modules(), ids=path_of)
def test_protocol_code_is_told_the_time(module: Path) -> None:
    assert not list(readings_of_the_clock(tree_of(module)))


def test_no_file_is_called_after_nothing() -> None:
    assert not [path_of(module) for module in MODULES if module.stem in NAMES_THAT_SAY_NOTHING]


def test_every_module_says_what_it_is() -> None:
    assert not [path_of(module) for module in MODULES if ast.get_docstring(tree_of(module)) is None]


def test_no_file_is_too_long() -> None:
    sizes = {path_of(module): lines_of(module) for module in MODULES}
    assert not {path: size for path, size in sizes.items() if size > LONGEST_FILE}


def test_no_function_is_too_long() -> None:
    assert not {place: size for place, size in function_sizes().items() if size > LONGEST_FUNCTION}


def test_files_are_of_a_good_size() -> None:
    # Files that only name a room would make the rest look small.
    sizes = [size for module in MODULES if (size := lines_of(module)) > 1]
    assert median(sizes) <= USUAL_FILE
    assert ninth_decile(sizes) <= NINE_IN_TEN_FILES


def test_functions_are_of_a_good_size() -> None:
    sizes = list(function_sizes().values())
    assert median(sizes) <= USUAL_FUNCTION
    assert ninth_decile(sizes) <= NINE_IN_TEN_FUNCTIONS


def test_a_clock_is_found() -> None:
    source = (
        "import time, datetime\nfrom time import time as now\nx = datetime.datetime.now()\ny = time.time()\n"
    )
    assert sorted(readings_of_the_clock(ast.parse(source))) == [2, 3, 4]


def test_the_size_of_a_function_leaves_its_docstring_out() -> None:
    source = 'def f():\n    """One.\n\n    Two.\n    """\n    a = 1\n    return a\n'
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert size_of(function) == len(["def", "a = 1", "return a"])
