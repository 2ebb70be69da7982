"""Which scope a client gets, and which it keeps."""

import pytest

from vestibule.domain.client import Client
from vestibule.oidc.scopes import given_scope, still_given

CLIENT = Client(
    "c", "r", "app", scopes=("openid", "email", "offline_access"), default_scopes=("billing", "email")
)


@pytest.mark.parametrize(
    "asked, given",
    [
        ((), ("billing", "email")),
        (("openid",), ("openid", "billing", "email")),
        (("billing", "openid"), ("billing", "openid", "email")),
        (("openid", "profile", "x"), ("openid", "billing", "email")),
        (("openid", "offline_access"), ("openid", "offline_access", "billing", "email")),
    ],
)
def test_what_is_asked_for_and_allowed_comes_first_then_what_is_always_given(
    asked: tuple[str, ...], given: tuple[str, ...]
) -> None:
    assert given_scope(CLIENT, asked) == given


@pytest.mark.parametrize("name", ["openid", "offline_access"])
def test_some_are_never_given_unasked(name: str) -> None:
    client = Client("c", "r", "app", default_scopes=(name, "email"))
    assert given_scope(client, ()) == ("email",)
    assert given_scope(client, (name,)) == (name, "email")


def test_what_was_taken_from_the_client_is_not_given_any_more() -> None:
    scope = ("openid", "billing", "profile", "offline_access")
    assert still_given(CLIENT, scope) == ("openid", "billing", "offline_access")
    assert still_given(Client("c", "r", "app", scopes=("openid",)), scope) == ("openid", "offline_access")
