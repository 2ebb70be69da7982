"""What some tests need from outside of Python, how to find it and which Debian package brings it.

`python tests/parts.py packages` prints the packages that are missing here; `make setup` reads that.
Standard library only: it also runs before anything is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_NODE = 20
"""openid-client 6 wants the Web Cryptography API as a global, which is there from this version on."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is not a Python package."""

    title: str
    remedy: str
    packages: tuple[str, ...]
    find: Callable[[], Path | None]
    """Answers where it is, or None."""


def find_chromium() -> Path | None:
    """The browser that the journeys drive."""
    return _first_command("chromium", "chromium-browser", "google-chrome")


def find_postgresql() -> Path | None:
    """The directory of `postgres` and `initdb`, newest major version first."""
    directories = Path("/usr/lib/postgresql").glob("*/bin")
    by_version = sorted(directories, key=lambda path: _leading_number(path.parent.name), reverse=True)
    complete = (path for path in by_version if (path / "postgres").exists() and (path / "initdb").exists())
    on_path = shutil.which("postgres")
    return next(complete, Path(on_path).resolve().parent if on_path else None)


def find_apache() -> Path | None:
    """The Apache binary, if mod_auth_openidc is there too."""
    binary = _first_command("apache2", "httpd")
    return binary if binary and find_mod_auth_openidc() else None


def find_mod_auth_openidc() -> Path | None:
    """The relying party that runs inside Apache."""
    folders = (
        Path("/usr/lib/apache2/modules"),
        Path("/usr/lib64/httpd/modules"),
        Path("/usr/lib/httpd/modules"),
    )
    modules = (folder / "mod_auth_openidc.so" for folder in folders)
    return next((module for module in modules if module.exists()), None)


def find_node() -> Path | None:
    """A Node.js that is new enough, if the packages of package-lock.json are installed."""
    binary = _first_command("node", "nodejs")
    packages = (ROOT / "node_modules" / name / "package.json" for name in ("openid-client", "oidc-provider"))
    installed = all(package.exists() for package in packages)
    return binary if binary and installed and _node_version(binary) >= OLDEST_NODE else None


def find_axe() -> Path | None:
    """The script that judges a page's accessibility."""
    script = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    return script if script.exists() else None


def find_tabler() -> Path | None:
    """The stylesheet that ours is cut from."""
    style = ROOT / "node_modules" / "@tabler" / "core" / "dist" / "css" / "tabler.min.css"
    return style if style.exists() else None


PARTS = {
    "chromium": Part("Chromium", "install the package chromium", ("chromium",), find_chromium),
    "apache": Part(
        "Apache with mod_auth_openidc",
        "install the packages apache2 and libapache2-mod-auth-openidc",
        ("apache2", "libapache2-mod-auth-openidc"),
        find_apache,
    ),
    "postgresql": Part("PostgreSQL", "install the package postgresql", ("postgresql",), find_postgresql),
    "node": Part(
        f"Node.js {OLDEST_NODE} with openid-client and oidc-provider",
        f"install Node.js {OLDEST_NODE} or newer and run npm ci",
        ("nodejs", "npm"),
        find_node,
    ),
    "axe": Part("axe-core", "run npm ci", (), find_axe),
    "tabler": Part("Tabler", "run npm ci", (), find_tabler),
}


def is_ci() -> bool:
    """Whether a missing part is a failure."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


def reason_missing(name: str) -> str | None:
    """Why tests that need this part cannot run here, or None when they can."""
    part = PARTS[name]
    return None if part.find() else f"{part.title} is missing ({part.remedy})"


def missing_packages() -> list[str]:
    """Debian packages to install; Node's only when there is no Node at all, since npm brings the rest."""
    missing = [part for name, part in PARTS.items() if name != "node" and not part.find()]
    if not (_first_command("node", "nodejs") and shutil.which("npm")):
        missing.append(PARTS["node"])
    return [package for part in missing for package in part.packages]


def _first_command(*names: str) -> Path | None:
    found = (shutil.which(name, path="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin") for name in names)
    return next((Path(path) for path in found if path), None)


def _leading_number(text: str) -> int:
    digits = re.match(r"\d+", text)
    return int(digits.group()) if digits else 0


def _node_version(binary: Path) -> int:
    answer = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=20, check=False)
    return _leading_number(answer.stdout.removeprefix("v"))


if __name__ == "__main__":
    if sys.argv[1:] != ["packages"]:
        sys.exit("usage: python tests/parts.py packages")
    sys.stdout.write("".join(f"{package}\n" for package in missing_packages()))
