"""Claims of the scopes of OpenID Connect, from what is known of a person."""

import pytest

from vestibule.domain.user import User
from vestibule.oidc.claims import user_claims


def told(scope: str, **attributes: str) -> dict[str, object]:
    user = User("u", "r", "ada", attributes={name: (text,) for name, text in attributes.items()})
    claims = user_claims(user, (scope,))
    return {name: value for name, value in claims.items() if name not in ("name", "preferred_username")}


@pytest.mark.parametrize(
    "scope, attributes, claims",
    [
        ("profile", {"middle_name": "M"}, {"middle_name": "M"}),
        ("profile", {"middleName": "M"}, {"middle_name": "M"}),
        ("profile", {"middle_name": "ours", "middleName": "theirs"}, {"middle_name": "ours"}),
        ("profile", {"updatedAt": "5"}, {"updated_at": 5}),
        (
            "phone",
            {"phoneNumber": "+1", "phoneNumberVerified": "true"},
            {"phone_number": "+1", "phone_number_verified": True},
        ),
        ("address", {"address": "1 Main St"}, {"address": {"formatted": "1 Main St"}}),
        (
            "address",
            {"street": "1 Main St", "country": "FR", "city": "x"},
            {"address": {"street_address": "1 Main St", "country": "FR"}},
        ),
        ("address", {}, {}),
        ("email", {"middleName": "M"}, {}),
    ],
)
def test_an_attribute_is_found_under_the_claims_name_or_keycloaks(
    scope: str, attributes: dict[str, str], claims: dict[str, object]
) -> None:
    assert told(scope, **attributes) == claims
