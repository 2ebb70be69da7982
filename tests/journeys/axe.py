"""axe-core on a page, beside its content security policy instead of through it.

The rules run in an isolated world of DevTools (`Page.createIsolatedWorld`): that world sees the same
document but has globals and a policy of its own. Nothing is added to the page, `bypass_csp` stays off,
and so a breach of the policy by the page itself still shows in its console.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession, Page

from tests.parts import find_axe

ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules whose answer depends on the colours."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The rules, loaded beside a page until it goes elsewhere."""

    session: CDPSession
    world: int

    async def violations(self, rules: list[str] = ALL) -> list[str]:
        """What is wrong with the page as it stands: `rule: selector (what axe says)`, one line an element."""
        options = json.dumps({"resultTypes": ["violations"], "runOnly": rules})
        found = await _evaluate(self.session, self.world, f"axe.run(document, {options})")
        return [
            f"{rule['id']}: {' '.join(map(str, node['target']))} ({node['failureSummary']})"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]


@asynccontextmanager
async def judge(page: Page) -> AsyncIterator[Judge]:
    """axe-core beside the page."""
    session = await page.context.new_cdp_session(page)
    try:
        world = await _new_world(session)
        script = find_axe()
        assert script is not None
        await _evaluate(session, world, script.read_text(encoding="utf-8") + "\n;0")
        yield Judge(session, world)
    finally:
        await session.detach()


async def violations(page: Page) -> list[str]:
    """What all rules say of the page as it stands."""
    async with judge(page) as loaded:
        return await loaded.violations()


async def _new_world(session: CDPSession) -> int:
    tree = await session.send("Page.getFrameTree")
    frame = tree["frameTree"]["frame"]["id"]
    made = await session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})
    world: int = made["executionContextId"]
    return world


async def _evaluate(session: CDPSession, world: int, expression: str) -> Any:
    answer = await session.send(
        "Runtime.evaluate",
        {"contextId": world, "expression": expression, "awaitPromise": True, "returnByValue": True},
    )
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")
