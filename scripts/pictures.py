"""Takes the pictures of the documents and writes their gallery, docs/pages.md.

    .venv/bin/python -m scripts.pictures [name …]     or `make pictures`

Serves the company of `tests/journeys/content.py` on port 3000, which must be free, and photographs each page
of `gallery.py` twice: 1280 pixels wide in light colours, 390 pixels wide in dark ones. Nothing is drawn by
hand, and nothing is changed between the page and the picture; what is very long is cut off below.
"""

import asyncio
import sys
from functools import partial
from pathlib import Path

from playwright.async_api import Browser, Page

from scripts.gallery import CHAPTERS, Picture
from tests.journeys.chromium import new_browser
from tests.journeys.content import Content, content
from tests.journeys.pages import address
from tests.journeys.visitors import visiting

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "docs" / "pages.md"
PICTURES = ROOT / "docs" / "pictures"
PORT = 3000
VIEWS = (("wide", 1280, 720, "light", 1000), ("narrow", 390, 640, "dark", 1200))
"""Name, width, least height, colours, and greatest height of a picture."""
HEAD = """# Every page

The pages as they are, with a company that does not exist: left in light colours at 1280 pixels, right in dark
ones at 390. `make pictures` takes them anew; long pages are cut off below.
"""


async def main(names: list[str]) -> int:
    """0: all pictures are there."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    every = [picture for chapter in CHAPTERS for picture in chapter.pictures]
    async with new_browser() as browser:
        for picture in [one for one in every if not names or one.name in names]:
            async with content(PORT) as made:
                for view in VIEWS:
                    await photograph(browser, made, picture, *view)
    for file in PICTURES.glob("*.png"):
        if file.stem.rpartition("-")[0] not in {picture.name for picture in every}:
            file.unlink()
    GALLERY.write_text(write_gallery(), encoding="utf-8")
    sizes = [file.stat().st_size for file in PICTURES.glob("*.png")]
    print(f"{len(sizes)} pictures, {sum(sizes) // 1024} kB")
    return 0


async def photograph(
    browser: Browser,
    made: Content,
    picture: Picture,
    view: str,
    width: int,
    height: int,
    scheme: str,
    most: int,
) -> None:
    """The whole page, or as much of it as a picture holds."""
    found: list[str] = []
    options = {"color_scheme": scheme, "width": width}
    async with visiting(browser, made, picture.visitor, found, **options) as context:
        page = await context.new_page()
        await (partial(open_path, path=picture.way) if isinstance(picture.way, str) else picture.way)(
            page, made
        )
        await page.wait_for_load_state("networkidle")
        full = int(await page.evaluate("document.documentElement.scrollHeight"))
        await page.set_viewport_size({"width": width, "height": min(max(full, height), most)})
        await page.screenshot(path=PICTURES / f"{picture.name}-{view}.png", caret="hide")
    assert found == []


async def open_path(page: Page, made: Content, path: str) -> None:
    await page.goto(made.url + address(path, made.named))


def write_gallery() -> str:
    """The page with every picture, as Markdown."""
    parts = [HEAD]
    for chapter in CHAPTERS:
        parts.append(f"## {chapter.title}\n\n{chapter.sentence}\n")
        for picture in chapter.pictures:
            wide, narrow = (f"pictures/{picture.name}-{view[0]}.png" for view in VIEWS)
            parts.append(
                f"### {picture.title}\n\n{picture.sentence}\n\n"
                f'<p><img src="{wide}" width="620" alt="{picture.title}, wide, in light colours">\n'
                f'<img src="{narrow}" width="200" alt="{picture.title}, narrow, in dark colours"></p>\n'
            )
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
