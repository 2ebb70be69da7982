"""The form of an e-mail address."""

import pytest

from vestibule.domain.email import is_email


@pytest.mark.parametrize(
    "text",
    ["ada@example.com", "a.b+c@mail.example.co", "o'neil@example.com", "root@localhost", "x@1.example"],
)
def test_an_address_is_known(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "ada", "@example.com", "ada@", "a@b@example.com", "ada@good.com <x@evil.com>", "ada @example.com",
        ".ada@example.com", "a..b@example.com", "ada.@example.com", "ada@example..com", "ada@-example.com",
        "ada@example.com\n", "ada@exam\x00ple.com", "a@\uff47ood.com", "ada@[127.0.0.1]", '"a b"@example.com',
        "a" * 65 + "@example.com", "a@" + "b" * 64 + ".com", "a@" + "b." * 130 + "com", "ada,eve@example.com",
    ],
)  # fmt: skip
def test_what_is_no_single_address_is_refused(text: str) -> None:
    assert not is_email(text)
