"""What a provider did against the protocol, or could not do. The names are the guides' own (D10)."""

from http import HTTPStatus
from typing import ClassVar

from vestibule.domain.errors.named import VestibuleError

TELL = "Try again. If it happens again, send the reference below to your administrator."
TELL_ADMINISTRATOR = "Send the reference below to your administrator."


class UpstreamError(VestibuleError):
    """Something in the way of a sign-in through a provider. `expected` and `came` are for administrators,
    `provider` is the connection's title, `check` the one of the ID token's checks that failed."""

    code = "upstream_error"
    status = HTTPStatus.BAD_GATEWAY
    sentence = "The other sign-in service answered with an error."
    remedy = TELL
    spelling: ClassVar[str] = ""
    """How people see the name where it differs from the code (D10)."""

    def __init__(self, detail: str = "", *, expected: str = "", came: str = "") -> None:
        told = [detail] if detail else []
        if expected or came:
            told.append(f"expected {expected or 'nothing'}, came {came or 'nothing'}")
        super().__init__("; ".join(told))
        self.expected = expected
        self.came = came
        self.provider = ""
        self.check = ""


class StateMismatch(UpstreamError):
    """The answer belongs to no sign-in that this browser began (RFC 6749 section 10.12)."""

    code = "state_mismatch"
    status = HTTPStatus.BAD_REQUEST
    sentence = "This answer does not belong to a sign-in that this browser began."
    remedy = "Start again. If it fails again, cookies are blocked or the callback URL is wrong."


class ProviderNotAvailable(UpstreamError):
    """No enabled connection of exactly this name in this realm (RP-06)."""

    code = "provider_not_available"
    status = HTTPStatus.NOT_FOUND
    sentence = "This way of signing in does not exist or is switched off."
    remedy = "Go back and choose another way to sign in."


class UpstreamAccessDenied(UpstreamError):
    """The person or the provider said no (RFC 6749 section 4.1.2.1 `access_denied`)."""

    code = "upstream_access_denied"
    status = HTTPStatus.FORBIDDEN
    sentence = "The other sign-in service did not let you through, or you cancelled."
    remedy = "Start again, or choose another way to sign in."


class RedirectUriRefused(UpstreamError):
    """The provider does not know our redirect URI; `expected` is the one that it must register (S001-16)."""

    code = "redirect_uri_refused"
    sentence = "The other sign-in service does not know the callback URL of this one."
    remedy = "An administrator must register it there, letter for letter."


class UpstreamInvalidClient(UpstreamError):
    """The provider does not take our client ID or secret, and no next secret works either."""

    code = "upstream_invalid_client"
    sentence = "The other sign-in service did not accept the credentials of this one."
    remedy = "An administrator must renew the client secret: it is wrong or has expired."


class TokenExchangeFailed(UpstreamError):
    """The token endpoint did not give what it must (RFC 6749 section 5.1, OpenID Connect Core 3.1.3.3)."""

    code = "token_exchange_failed"
    sentence = "The other sign-in service did not confirm the sign-in."
    remedy = TELL


class InvalidDpopProof(UpstreamError):
    """The provider refuses our DPoP proof, or demands one where it is switched off (RFC 9449)."""

    code = "invalid_dpop_proof"
    sentence = "The other sign-in service refused the proof of possession (DPoP)."
    remedy = "An administrator must allow DPoP for this provider, or switch it off at the other service."


class IdTokenInvalid(UpstreamError):
    """A claim of the ID token is not as it must be (OpenID Connect Core 1.0 section 3.1.3.7)."""

    code = "id_token_invalid"
    sentence = "The other sign-in service sent a confirmation that cannot be accepted."
    remedy = TELL_ADMINISTRATOR


class SignatureValidationFailed(IdTokenInvalid):
    """The signature is not of a published key of the provider, or of another algorithm than agreed."""

    code = "signature_validation_failed"
    sentence = "The signature of the other sign-in service could not be verified."
    remedy = TELL_ADMINISTRATOR


class NonceMismatch(IdTokenInvalid):
    """The ID token was made for another sign-in (OpenID Connect Core 1.0 section 3.1.2.1)."""

    code = "nonce_mismatch"
    sentence = "The confirmation of the other sign-in service is of another sign-in."
    remedy = "Start again."


class IssuerMismatch(IdTokenInvalid):
    """`iss` is not the issuer of the connection (Core 3.1.3.7 number 2, RFC 9207)."""

    code = "issuer_mismatch"
    sentence = "The confirmation is of another sign-in service than was asked."
    remedy = TELL_ADMINISTRATOR


class AudienceMismatch(IdTokenInvalid):
    """`aud` or `azp` is not our client ID (Core 3.1.3.7 numbers 3 to 5)."""

    code = "audience_mismatch"
    sentence = "The confirmation of the other sign-in service is meant for another application."
    remedy = TELL_ADMINISTRATOR


class IdTokenExpired(IdTokenInvalid):
    """`exp`, `iat` or `nbf` says another time than the present (Core 3.1.3.7 numbers 9 and 10)."""

    code = "id_token_expired"
    sentence = "The confirmation of the other sign-in service is too old, or one of the two clocks is wrong."
    remedy = "Start again. If it happens again, an administrator must compare the clocks."


class UpstreamSignInTooOld(IdTokenInvalid):
    """A fresh sign-in was asked for and the provider answered with an old one (RP-18)."""

    code = "upstream_sign_in_too_old"
    sentence = "A fresh sign-in was asked for, and the other service did not ask for one."
    remedy = "Sign out there and start again."


class UserinfoFailed(UpstreamError):
    """The userinfo endpoint answered with something else than the claims (Core 5.3)."""

    code = "userinfo_failed"
    sentence = "The other sign-in service did not say who you are."
    remedy = TELL


class SubjectMismatch(UserinfoFailed):
    """Userinfo is about somebody else than the ID token (Core 5.3.2)."""

    code = "subject_mismatch"
    sentence = "The other sign-in service gave two different answers to who you are."
    remedy = TELL_ADMINISTRATOR


class KeysUnavailable(UpstreamError):
    """The provider's keys cannot be had."""

    code = "upstream_keys_unavailable"
    sentence = "The keys of the other sign-in service cannot be read."
    remedy = TELL


class DiscoveryFailed(UpstreamError):
    """The metadata cannot be read: not JSON, or no object (OpenID Connect Discovery 1.0 section 4.2)."""

    code = "discovery_failed"
    sentence = "There is no metadata of an OpenID Provider at this address."
    remedy = "Check the address: it usually ends in /.well-known/openid-configuration."


class DiscoveryIncomplete(DiscoveryFailed):
    """A member that we need is missing, or is no https address."""

    code = "discovery_incomplete"
    sentence = "The metadata of the other service lacks something, or holds an address that cannot be used."
    remedy = "Check the address, or type the endpoints yourself under Advanced."


class DiscoveryIssuerMismatch(DiscoveryFailed):
    """The metadata is of another issuer than its address says (Discovery 1.0 section 4.3)."""

    code = "discovery_issuer_mismatch"
    sentence = "The metadata is of another issuer than the address says."
    remedy = "Use the issuer that the metadata names."
