"""`vestibule practice` lists its applications and providers."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.served import free_port
from vestibule.cli.app import PROVIDERS
from vestibule.cli.practice import describe_provider, new_provider
from vestibule.practice.providers.vendors import VENDORS


def test_help_lists_the_applications(run: Run) -> None:
    answer = run("practice", "--help")
    assert answer.code == 0
    assert "atera" in answer.out
    assert all(kind in answer.out for kind in PROVIDERS)


def test_every_vendor_has_its_command() -> None:
    assert set(PROVIDERS) == set(VENDORS)


def test_a_fault_that_does_not_exist_is_named(run: Run) -> None:
    answer = run("practice", "oidc", "--fault", "nonsense", "--port", str(free_port()))
    assert answer.code == 1
    assert "There is no fault nonsense." in answer.err
    assert "nonce_wrong" in answer.err


@pytest.mark.parametrize("kind", PROVIDERS)
def test_what_is_printed_is_all_that_somebody_needs_who_connects_it(kind: str, tmp_path: Path) -> None:
    provider = new_provider(kind, 9, tmp_path, ["slow:token"])
    registration = provider.register("the-client", secret="the-secret")
    text = "\n".join(describe_provider(provider))
    for wanted in (provider.base, registration.client_id, "the-secret", provider.password, "slow:token"):
        assert wanted in text
    assert provider.server.discovery in text
    assert f"VESTIBULE_PRACTICE={kind}={provider.base}  with others: separated by commas" in text
    assert (tmp_path / f"practice-{kind}.json").exists()
