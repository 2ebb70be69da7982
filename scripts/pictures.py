"""Takes the pictures of the documents: a browser walks a sign-in of the running samples.

    .venv/bin/python -m scripts.pictures     or `make pictures`

Starts `vestibule demo` in a new directory on the usual ports, which must be free, and photographs each
page twice: 1280 pixels wide in light colours, 390 pixels wide in dark ones. Nothing is drawn by hand,
and nothing is changed between the page and the picture.
"""

import asyncio
import os
import sys
import tempfile
import urllib.request
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

from playwright.async_api import Browser, Page, async_playwright

from tests.parts import find_chromium

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
SERVICE, APPLICATION = "http://localhost:3000", "http://127.0.0.1:3001"
PERSON = "alice@acme.example"
VIEWS: tuple[tuple[str, dict[str, object]], ...] = (
    ("wide", {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"}),
    ("narrow", {"viewport": {"width": 390, "height": 760}, "color_scheme": "dark"}),
)
WRONG_REQUEST = f"{SERVICE}/realms/acme/protocol/openid-connect/auth?" + urlencode(
    {"client_id": "sample-app", "response_type": "code", "redirect_uri": f"{APPLICATION}/elsewhere"}
)
START_SECONDS = 30


async def main() -> int:
    """0: all pictures are there."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        async with samples(Path(directory)) as password, async_playwright() as playwright:
            arguments = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
            for view, options in VIEWS:
                await take_pictures(browser, view, options, password)
            await browser.close()
    for picture in sorted(PICTURES.glob("*.png")):
        print(f"{picture.relative_to(ROOT)}  {picture.stat().st_size // 1024} kB")
    return 0


@asynccontextmanager
async def samples(directory: Path) -> AsyncIterator[str]:
    """The samples in a directory of their own, while the block runs; answers Alice's password."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("VESTIBULE_")}
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("vestibule"), "demo",
        cwd=directory, env=settings, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    try:
        await wait_until_ready(process)
        note = (directory / "data" / "samples.txt").read_text(encoding="utf-8")
        yield next(line.split()[1] for line in note.splitlines() if PERSON in line)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def wait_until_ready(process: Process) -> None:
    """Returns when the service answers. Fails with its own words where it ends instead."""
    for _ in range(START_SECONDS * 10):
        if process.returncode is not None:
            _, problems = await process.communicate()
            raise SystemExit(problems.decode())
        if await asyncio.to_thread(is_ready):
            return
        await asyncio.sleep(0.1)
    raise SystemExit(f"The samples did not start in {START_SECONDS} seconds.")


def is_ready() -> bool:
    """Whether both addresses answer."""
    try:
        for address in (f"{SERVICE}/health/ready", APPLICATION):
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own addresses
                answer.read()
    except OSError:
        return False
    return True


async def take_pictures(browser: Browser, view: str, options: dict[str, object], password: str) -> None:
    """One sign-in from the application and back to it, then an error."""
    context = await browser.new_context(reduced_motion="reduce", **options)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(APPLICATION)
    await photograph(page, "application", view)
    await page.get_by_role("link", name="Sign in").click()
    await page.get_by_role("button", name="Continue").wait_for()
    await photograph(page, "identify", view)
    await page.get_by_label("Email or username").fill(PERSON)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Password", exact=True).fill(password)
    await photograph(page, "password", view)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.get_by_role("button", name="Add passkey").wait_for()
    await photograph(page, "passkey-offer", view)
    await page.get_by_role("button", name="Skip for now").click()
    await page.get_by_role("button", name="Sign out").wait_for()
    await photograph(page, "signed-in", view)
    await page.goto(WRONG_REQUEST)
    await page.get_by_role("button", name="Copy details").wait_for()
    await photograph(page, "error", view)
    await context.close()


async def photograph(page: Page, name: str, view: str) -> None:
    """The page as it is in the window, or all of it where it is higher."""
    await page.wait_for_load_state("networkidle")
    await page.screenshot(path=PICTURES / f"{name}-{view}.png", full_page=True, caret="hide")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
