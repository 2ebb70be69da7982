"""The provider's metadata: OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2."""

from collections.abc import Iterable

from vestibule.domain.client import RESPONSE_MODES, STANDARD_SCOPES
from vestibule.oidc.authorize import PROMPTS
from vestibule.oidc.claims import STANDARD_CLAIMS
from vestibule.oidc.client_authentication import SUPPORTED_METHODS

SIGNING_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
ACR_VALUES = ("1", "2", "phr")
PROTOCOL = "/protocol/openid-connect"


def provider_metadata(issuer: str, scopes: Iterable[str] = ()) -> dict[str, object]:
    """The document served at `{issuer}/.well-known/openid-configuration`; `scopes` are the realm's own."""
    base = f"{issuer}{PROTOCOL}"
    secured = [method for method in SUPPORTED_METHODS if method != "none"]
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{base}/auth",
        "token_endpoint": f"{base}/token",
        "jwks_uri": f"{base}/certs",
        "userinfo_endpoint": f"{base}/userinfo",
        "end_session_endpoint": f"{base}/logout",
        "revocation_endpoint": f"{base}/revoke",
        "introspection_endpoint": f"{base}/token/introspect",
        "scopes_supported": list(dict.fromkeys((*STANDARD_SCOPES, *scopes))),
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "acr_values_supported": list(ACR_VALUES),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(SIGNING_ALGORITHMS),
        "token_endpoint_auth_methods_supported": list(SUPPORTED_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(SIGNING_ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": list(SUPPORTED_METHODS),
        "introspection_endpoint_auth_methods_supported": secured,
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": sorted(PROMPTS),
        "claim_types_supported": ["normal"],
        "claims_supported": [
            "sub",
            "iss",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "acr",
            "amr",
            "sid",
            *STANDARD_CLAIMS,
        ],
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "authorization_response_iss_parameter_supported": True,
    }
