"""The examples of the specifications themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vestibule.crypto.algorithms import SIGNATURE_ALGORITHMS
from vestibule.crypto.jose import InvalidJwt, read_jwks, split_compact, verify_jws
from vestibule.crypto.jwks import read_jwk

VECTORS = Path(__file__).parent / "vectors"


def vectors(name: str) -> list[Any]:
    found = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(vector, id=vector["source"]) for vector in found]


@pytest.mark.parametrize("vector", vectors("signatures"))
def test_the_signature_of_an_example_verifies(vector: dict[str, Any]) -> None:
    signing_input, _, _, signature = split_compact(vector["token"])
    key = read_jwk(vector["jwk"])
    assert vector["alg"] in key.algorithms
    assert SIGNATURE_ALGORITHMS[vector["alg"]].signer.verify(signing_input, signature, key.key)


@pytest.mark.parametrize("vector", vectors("signatures"))
def test_the_signature_of_an_example_does_not_fit_another_text(vector: dict[str, Any]) -> None:
    signing_input, _, _, signature = split_compact(vector["token"])
    verify = SIGNATURE_ALGORITHMS[vector["alg"]].signer.verify
    assert not verify(signing_input + b"A", signature, read_jwk(vector["jwk"]).key)


@pytest.mark.parametrize("vector", vectors("signatures"))
def test_an_example_is_taken_as_a_jwt_where_its_payload_is_an_object(vector: dict[str, Any]) -> None:
    jwks = read_jwks(json.dumps({"keys": [vector["jwk"]]}))
    if "RFC 7515" in vector["source"]:
        claims = verify_jws(vector["token"], jwks, {vector["alg"]}).claims
        assert claims == {"iss": "joe", "exp": 1300819380, "http://example.com/is_root": True}
    else:
        with pytest.raises(InvalidJwt, match="claims"):
            verify_jws(vector["token"], jwks, {vector["alg"]})


@pytest.mark.parametrize("vector", vectors("thumbprints"))
def test_the_thumbprint_of_an_example(vector: dict[str, Any]) -> None:
    assert read_jwk(vector["jwk"]).key.thumbprint() == vector["thumbprint"]
