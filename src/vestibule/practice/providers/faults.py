"""What a practice provider can do wrong, or otherwise than usual: one name for each, with a sentence."""

from collections.abc import Iterable, Iterator, Mapping

ID_TOKEN_FAULTS: Mapping[str, str] = {
    "at_hash_missing": "the ID token has no at_hash",
    "at_hash_wrong": "at_hash is of another access token",
    "aud_array": "aud is a list with one element",
    "aud_multi_azp": "aud holds a second audience, and azp names the client",
    "aud_multi_noazp": "aud holds a second audience, and there is no azp",
    "aud_wrong": "aud is another client",
    "azp_wrong": "azp is another client",
    "exp_missing": "the ID token has no exp",
    "exp_past_5s": "the ID token expired 5 s ago",
    "exp_past_120s": "the ID token expired 120 s ago",
    "iat_future_30s": "iat is 30 s in the future",
    "iat_future_600s": "iat is 600 s in the future",
    "iat_missing": "the ID token has no iat",
    "iat_old_2h": "iat is two hours ago",
    "iss_bare": "iss has no https://, as Google may write it",
    "iss_slash": "iss has a slash more than the issuer",
    "iss_wrong": "iss is another issuer",
    "nbf_future_600s": "nbf is 600 s in the future",
    "nonce_missing": "the ID token has no nonce",
    "nonce_wrong": "nonce is of another sign-in",
    "sub_missing": "the ID token has no sub",
}
SIGNATURE_FAULTS: Mapping[str, str] = {
    "alg_hs256_secret": "the ID token is signed with HS256 and the client secret",
    "alg_none": "the ID token has the algorithm none and no signature",
    "alg_ps256": "the ID token is signed with PS256",
    "kid_missing": "the ID token's header names no key",
    "kid_unknown": "the ID token's header names a key that is not published",
    "sig_bad": "one bit of the signature is wrong",
    "sig_wrong_key": "the signature is of a key that is not published",
}
KEY_FAULTS: Mapping[str, str] = {
    "jwks_enc_first": "the first published key is for encryption",
    "jwks_no_alg": "the published keys have no alg",
    "jwks_no_kid": "the published keys have no kid",
    "jwks_unknown_kty": "the first published key is of a kind that nobody knows",
    "key_rotated": "the signing key changes at each token request",
    "keys_empty": "no key is published",
}
TOKEN_FAULTS: Mapping[str, str] = {
    "dpop_refused": "every DPoP proof is refused",
    "dpop_required": "DPoP with a nonce is demanded",
    "expires_in_string": "expires_in is a text",
    "id_token_missing": "the token response has no ID token",
    "invalid_client": "no client secret is right",
    "invalid_grant": "no code is right",
    "kc_extra": "the token response has Keycloak's additional members",
    "token_ct_text": "the token response says that it is text",
    "token_type_lower": "token_type is bearer",
    "token_type_weird": "token_type is mac",
}
CALLBACK_FAULTS: Mapping[str, str] = {
    "access_denied": "the provider lets nobody through",
    "iss_param_dropped": "the iss parameter is announced and does not come",
    "iss_param_missing": "the iss parameter is not announced and does not come",
    "iss_param_wrong": "the iss parameter is another issuer",
    "par_refused": "pushed authorization requests are refused",
    "par_required": "the authorization request must be pushed",
    "session_state": "the callback has a parameter session_state",
    "state_wrong": "state is of another sign-in",
}
USERINFO_FAULTS: Mapping[str, str] = {
    "ui_401": "userinfo does not accept the access token",
    "ui_sub_mismatch": "userinfo is about somebody else",
    "ui_sub_missing": "userinfo has no sub",
}
PERSON_FAULTS: Mapping[str, str] = {
    "acr_low": "acr says less than was asked for",
    "auth_time_old": "auth_time is a day ago, whatever was asked for",
    "email_unverified": "the e-mail address is not verified",
    "email_verified_text": "email_verified is the text “true”",
    "groups_201": "everybody is in 201 groups",
    "no_email": "there is no e-mail address",
    "private_email": "the e-mail address is private (GitHub)",
    "tenant_other": "people belong to another tenant (Entra)",
}
DISCOVERY_FAULTS: Mapping[str, str] = {
    "disc_issuer_mismatch": "the metadata is of another issuer",
    "disc_issuer_slash": "the issuer has a slash more than its address, in the metadata and in tokens",
    "discovery_http_endpoint": "the token endpoint in the metadata is plain http on another host",
    "discovery_missing_field": "the metadata has no token endpoint",
    "discovery_not_json": "the metadata is not JSON",
}
CLOCK_FAULTS: Mapping[str, str] = {
    "clock_ahead": "the provider's clock is ten minutes fast",
    "clock_behind": "the provider's clock is two hours slow",
}
DISTURBANCES: Mapping[str, str] = {
    "error_500": "answers 500",
    "html": "answers HTML instead of JSON",
    "huge": "answers 10 MB",
    "redirect": "answers a redirect to another host",
    "slow": "answers after 15 s",
}
"""These befall every endpoint that is asked by a service; `slow:token` only the token endpoint.

`redirect` alone is of the token endpoint.
"""
FAULT_KINDS: Mapping[str, Mapping[str, str]] = {
    "ID token": ID_TOKEN_FAULTS,
    "Signature": SIGNATURE_FAULTS,
    "Keys": KEY_FAULTS,
    "Token endpoint": TOKEN_FAULTS,
    "Callback": CALLBACK_FAULTS,
    "Userinfo": USERINFO_FAULTS,
    "People": PERSON_FAULTS,
    "Metadata": DISCOVERY_FAULTS,
    "Clock": CLOCK_FAULTS,
    "Answers": DISTURBANCES,
}
FAULTS: Mapping[str, str] = {
    "ok": "nothing is wrong",
    **{name: sentence for faults in FAULT_KINDS.values() for name, sentence in faults.items()},
}
SERVICE_ENDPOINTS = ("discovery", "jwks", "token", "userinfo", "par", "groups", "user", "emails")
"""The endpoints that a service asks, by the names under which they are counted."""


class UnknownFault(ValueError):
    """There is no fault of this name."""


class Faults:
    """The faults of a provider at this moment."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names: tuple[str, ...] = ()
        self.set(names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def set(self, names: Iterable[str]) -> None:
        """From now on exactly these. Raises `UnknownFault`, and then changes nothing."""
        chosen = tuple(dict.fromkeys(names))
        for name in chosen:
            _check_known(name)
        self._names = chosen

    def disturbance_of(self, endpoint: str) -> str:
        """What befalls a request to the endpoint; blank: nothing."""
        if endpoint not in SERVICE_ENDPOINTS:
            return ""
        for name in self._names:
            kind, _, place = name.partition(":")
            is_here = place == endpoint or (not place and (kind != "redirect" or endpoint == "token"))
            if kind in DISTURBANCES and is_here:
                return kind
        return ""


def _check_known(name: str) -> None:
    kind, colon, place = name.partition(":")
    is_known = kind in DISTURBANCES and place in SERVICE_ENDPOINTS if colon else kind in FAULTS
    if not is_known:
        raise UnknownFault(f"There is no fault {name}.")
