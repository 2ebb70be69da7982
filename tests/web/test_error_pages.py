"""The error page as the service answers it: whose page it is, and where it leads."""

import httpx
import pytest

from tests.browser import authorization_url, text_of
from tests.world import World


@pytest.mark.parametrize("display_name, heading", [("Acme Ltd", "Acme Ltd"), ("", "acme")])
async def test_an_error_page_is_headed_as_the_other_pages_of_the_realm(
    world: World, display_name: str, heading: str
) -> None:
    await world.client(await world.realm(display_name=display_name))
    page = await world.browser().get(str(authorization_url(redirect_uri="https://app.example/elsewhere")))
    assert isinstance(page, httpx.Response)
    assert page.status_code == 400
    assert f"<span>{heading}</span></header>" in page.text
    assert "invalid_redirect_uri" in text_of(page.text)
