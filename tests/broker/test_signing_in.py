"""Signing in through a provider, over HTTP from the application's request to its callback."""

import pytest

from tests.broker.house import house
from tests.browser import Callback, text_of

KINDS = ("oidc", "entra", "okta", "google", "gitlab", "authentik", "keycloak", "github")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_person_of_every_kind_of_provider_arrives_at_the_application(kind: str) -> None:
    async with house(kind) as home:
        answer = await home.sign_in()
        assert isinstance(answer, Callback), text_of(answer.text)
        assert "code" in answer.parameters, answer.parameters
