"""A mistake in a provider's file is found when it is read, with the file's name and what is wrong."""

import pytest

from vestibule.catalogue.inline import GuideMistake
from vestibule.catalogue.provider_file import read_provider, read_provider_translation

FRONT = """+++
name = "Vendor"
chooser = "Vendor"
sentence = "A vendor."
documentation = "https://vendor.example"
prerequisites = ["One."]

[badge]
kind = "practice"
text = "Tested"
detail = "By us."

[preset]
discovery = "{base}/{tenant}/.well-known/openid-configuration"
base = "https://vendor.example"
tenant = "Realm"

[form]
client_id_example = "The client ID"
client_secret_example = "The secret"
display_name = "Vendor"
+++

## Here

1. Paste {redirect_uri}.
"""


@pytest.mark.parametrize(
    "old, new, reason",
    [
        ('name = "Vendor"\nchooser', 'named = "Vendor"\nchooser', "unknown: named"),
        ('documentation = "https://vendor.example"\n', "", "documentation"),
        ('kind = "practice"', 'kind = "proven"', "badge.kind is 'proven'"),
        ('tenant = "Realm"', 'tenant = "Realm"\nsecret = "x"', "secret"),
        ('tenant = "Realm"\n', "", r"nothing fills \{tenant\}"),
        ('base = "https://vendor.example"\n', "", r"nothing fills \{base\}"),
        ("{base}/", "{api}/", r"nothing fills \{api\}"),
        ("{base}/", "{realm}/", r"nothing fills \{realm\}"),
        ('base = "https://vendor.example"', 'base = "https://{base}"', r"nothing fills \{base\}"),
        ("{base}/", "{base/", "a brace without its partner"),
        ('base = "https://vendor.example"', 'base = "http://vendor.example"', "is not https"),
        ('tenant = "Realm"', 'tenant = "Realm"\npkce = "no"', "preset.pkce is not bool"),
        ('tenant = "Realm"', 'tenant = "Realm"\nscopes = "openid"', "preset.scopes is not tuple"),
        ('tenant = "Realm"', 'tenant = "Realm"\nauthentication = "none"', "authentication is 'none'"),
        ('tenant = "Realm"', 'tenant = "Realm"\nendpoints = {token = 1}', "endpoints.token is not str"),
        ('tenant = "Realm"', 'tenant = "Realm"\nendpoints = {token = "x"}', "either discovery or endpoints"),
        ('client_id_example = "The client ID"\n', "", "client_id_example"),
        ("{redirect_uri}", "{redirect}", r"the placeholder \{redirect\} is unknown"),
    ],
)
def test_a_mistake_is_named(old: str, new: str, reason: str) -> None:
    assert old in FRONT
    with pytest.raises(GuideMistake, match=rf"^keycloak\.md: .*({reason})"):
        read_provider("keycloak", FRONT.replace(old, new, 1))


def test_a_file_must_be_called_as_a_kind() -> None:
    with pytest.raises(GuideMistake, match=r"^vendor\.md: "):
        read_provider("vendor", FRONT)


def test_a_translation_may_not_change_the_preset() -> None:
    original = read_provider("keycloak", FRONT)
    with pytest.raises(GuideMistake, match=r"^keycloak\.fr\.md: unknown: preset"):
        read_provider_translation(original, "fr", "+++\n[preset]\ntrusted = true\n+++\n\n## Ici\n\n1. Un.\n")
