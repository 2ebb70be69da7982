"""The guide of Entra ID has the labels, the order and the fields of its seed."""

import re

from tests.catalogue.test_providers import sections
from vestibule.catalogue.guide import GuideSection
from vestibule.catalogue.providers import provider


def bold(html: str) -> list[str]:
    return re.findall(r"<(?:strong|a [^>]*)>([^<]*)<", html)


def labels(part: GuideSection) -> list[str]:
    """What is to be clicked or filled in, in its order."""
    return [
        label for step in part.steps for label in (*bold(step.html), *(value.label for value in step.values))
    ]


def test_S001_02_the_prerequisites_of_entra_are_the_seeds() -> None:
    text = " ".join(provider("entra").prerequisites)
    for words in ("tenant of Microsoft Entra ID", "Global Administrator", "administrator of this tenant"):
        assert words in text


def test_S001_04_S001_05_S001_06_S001_07_S001_08_the_vendors_half_is_the_seeds() -> None:
    first, _, redirect = sections(provider("entra"), "vendor")
    assert labels(first) == [
        "Azure Portal", "Azure Active Directory", "App registrations", "New Registration", "Name",
        "Supported Account Types", "Redirect URI (optional)", "Register", "Endpoints",
        "OpenID Connect metadata document", "Manage", "Certificates &amp; secrets",
        "New client secret", "Description", "Add", "Overview", "Application (client) ID",
    ]  # fmt: skip
    form = {value.label: value.value for step in first.steps for value in step.values}
    assert form["Supported Account Types"] == "Accounts in this organizational directory only"
    assert form["Redirect URI (optional)"] == "Web"
    assert labels(redirect) == [
        "Overview", "Add a Redirect URI", "Add a Redirect URI", "Web", "Redirect URI", "Configure",
    ]  # fmt: skip


def test_D12_the_token_configuration_is_there_and_optional() -> None:
    _, part, _ = sections(provider("entra"), "vendor")
    assert "Token configuration" in part.title
    assert "optional" in part.notes[0]
    assert {"Add optional claim", "upn", "Add groups claim"} <= set(labels(part))


def test_S001_13_S001_14_the_way_to_the_form_is_the_seeds() -> None:
    first, _ = sections(provider("entra"), "here")
    assert labels(first)[2:] == [
        "Advanced Console", "Identity Providers", "OpenID Connect v1.0", "Redirect URI", "Redirect URI",
    ]  # fmt: skip


def test_S001_16_the_redirect_uri_is_asked_for_exactly() -> None:
    *_, redirect = sections(provider("entra"), "vendor")
    assert "no wildcards" in redirect.notes[0]


def test_S001_17_S001_18_S001_19_S001_21_S001_22_the_form_has_the_seeds_fields() -> None:
    _, part = sections(provider("entra"), "here")
    shown = [value for step in part.steps[:3] for value in step.values]
    assert [value.label for value in shown] == [
        "Display Name", "Discovery Endpoint", "Client ID", "Client Secret",
    ]  # fmt: skip
    assert shown[0].value == "Azure AD"
    assert shown[1].value == "https://login.microsoftonline.com/[...]/.well-known/openid-configuration"
    assert [value.is_example for value in shown] == [False, True, True, True]
    assert "Wait until" in part.steps[1].text
    assert labels(part)[5:9] == ["Add", "Mappers", "Add Mapper", "Name"]


def test_S001_25_S001_29_S001_30_S001_31_the_three_mappers_have_all_five_fields() -> None:
    _, part = sections(provider("entra"), "here")
    forms = [step.values for step in part.steps if len(step.values) == 5]
    names = ["Name", "Sync Mode Override", "Mapper Type", "Claim", "User Attribute Name"]
    assert all([value.label for value in form] == names for form in forms)
    assert [[value.value for value in form] for form in forms] == [
        ["azure-group-mapper", "Force", "Attribute Importer", "groups", "group"],
        ["Azure Username", "Force", "Attribute Importer", "upn", "email"],
        ["Azure Sub Importer", "Force", "Attribute Importer", "sub", "sub"],
    ]


def test_S001_34_S001_35_S001_36_S001_40_the_test_goes_the_seeds_way() -> None:
    (part,) = sections(provider("entra"), "test")
    assert labels(part) == [
        "Clients", "account", "Home URL", "Show more ways to log in", "Sign in with Azure AD",
        "Verification required", "Continue", "Consent on behalf of your organization", "Accept", "Users",
    ]  # fmt: skip
