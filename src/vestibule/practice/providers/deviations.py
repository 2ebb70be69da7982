"""How each fault changes the claims of an ID token. `now` is the provider's time as a NumericDate."""

from collections.abc import Callable, Mapping
from typing import Any

Claims = dict[str, Any]
Deviation = Callable[[Claims, int], Claims]

ANOTHER_ISSUER = "https://another-provider.example"
ANOTHER_CLIENT = "another-client"


def _set(**changes: object) -> Deviation:
    return lambda claims, _: {**claims, **changes}


def _remove(name: str) -> Deviation:
    return lambda claims, _: {key: value for key, value in claims.items() if key != name}


def _at(**seconds: int) -> Deviation:
    return lambda claims, now: {**claims, **{name: now + offset for name, offset in seconds.items()}}


def _audiences(*, names_client: bool) -> Deviation:
    def deviate(claims: Claims, now: int) -> Claims:
        without = _remove("azp")(claims, now)
        azp = {"azp": claims["aud"]} if names_client else {}
        return {**without, "aud": [claims["aud"], ANOTHER_CLIENT], **azp}

    return deviate


DEVIATIONS: Mapping[str, Deviation] = {
    "acr_low": _set(acr="0"),
    "at_hash_missing": _remove("at_hash"),
    "at_hash_wrong": _set(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "aud_array": lambda claims, _: {**claims, "aud": [claims["aud"]]},
    "aud_multi_azp": _audiences(names_client=True),
    "aud_multi_noazp": _audiences(names_client=False),
    "aud_wrong": _set(aud=ANOTHER_CLIENT),
    "auth_time_old": _at(auth_time=-86400),
    "azp_wrong": _set(azp=ANOTHER_CLIENT),
    "exp_missing": _remove("exp"),
    "exp_past_5s": _at(iat=-65, exp=-5),
    "exp_past_120s": _at(iat=-180, exp=-120),
    "iat_future_30s": _at(iat=30),
    "iat_future_600s": _at(iat=600),
    "iat_missing": _remove("iat"),
    "iat_old_2h": _at(iat=-7200),
    "iss_bare": lambda claims, _: {**claims, "iss": claims["iss"].partition("://")[2]},
    "iss_slash": lambda claims, _: {**claims, "iss": with_other_slash(claims["iss"])},
    "iss_wrong": _set(iss=ANOTHER_ISSUER),
    "nbf_future_600s": _at(nbf=600),
    "nonce_missing": _remove("nonce"),
    "nonce_wrong": _set(nonce="a nonce of another sign-in"),
    "sub_missing": _remove("sub"),
}


def with_other_slash(issuer: str) -> str:
    """The issuer with a slash at its end, or without the one that it has."""
    return issuer[:-1] if issuer.endswith("/") else f"{issuer}/"
