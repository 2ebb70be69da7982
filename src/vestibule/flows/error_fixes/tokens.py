"""What to do where a provider's token, keys or claims are not as they must be."""

from vestibule.domain.errors import (
    AudienceMismatch,
    IdTokenExpired,
    IdTokenInvalid,
    IssuerMismatch,
    KeysUnavailable,
    MissingUserInfo,
    NonceMismatch,
    SignatureValidationFailed,
    SubjectMismatch,
    UpstreamSignInTooOld,
    UserinfoFailed,
)
from vestibule.flows.error_fixes.answers import ASK, CHOOSE, START_AGAIN, TEST_IT
from vestibule.flows.error_fixes.fix import Fix

TOKEN_FIXES = (
    Fix(
        IdTokenInvalid,
        "The ID token lacks a claim, or holds one that cannot be right.",
        ("The provider, or a gateway before it, makes tokens that differ from the standard.",),
        ASK,
        ("Look up the reference under Events: it says which claim.", TEST_IT),
    ),
    Fix(
        SignatureValidationFailed,
        "The ID token is not signed by a key that the provider publishes, or by an algorithm that is not "
        "taken. The keys were read anew before it was refused.",
        (
            "The JWKS Endpoint is another tenant's or server's.",
            "The provider changed its keys and publishes the new ones late.",
            "Signature algorithms under Advanced leaves out the one that the provider uses.",
        ),
        START_AGAIN,
        (
            "Read the Discovery Endpoint again, and compare the JWKS Endpoint with it.",
            "Empty Signature algorithms.",
            TEST_IT,
        ),
    ),
    Fix(
        NonceMismatch,
        "The ID token was made for another sign-in than this one.",
        ("An old answer came again.", "The provider leaves out `nonce`, as the standard does not let it."),
        START_AGAIN,
        ("If it happens at each sign-in, the provider is at fault: tell its maker.",),
    ),
    Fix(
        IssuerMismatch,
        "The answer or its ID token is of another issuer than the one that is set.",
        (
            "The issuer is spelled otherwise: a slash at its end, `http` in place of `https`.",
            "The addresses of two tenants or servers were mixed.",
            "At Entra ID the token is of version 1.0, and the metadata of 2.0.",
        ),
        ASK,
        (
            "Paste the Discovery Endpoint again, so that the issuer is taken from the metadata.",
            "At Entra ID take the address that has `/v2.0/` in it.",
        ),
    ),
    Fix(
        AudienceMismatch,
        "The ID token was made for another application.",
        (
            "The client ID here is of another application than the secret.",
            "The provider puts several audiences into the token and names another as its authorized party.",
        ),
        ASK,
        ("Compare the client ID, letter for letter.", TEST_IT),
    ),
    Fix(
        IdTokenExpired,
        "The ID token is over, or begins in the future.",
        ("The clock of one of the two machines is wrong.", "The answer lay in an open window for long."),
        START_AGAIN,
        (
            "Compare this machine's clock with a time server.",
            "Where it is the provider's clock that is off, raise Allowed clock difference under Advanced.",
        ),
    ),
    Fix(
        UpstreamSignInTooOld,
        "The application wanted a fresh sign-in, and the provider let an older one pass.",
        ("The provider takes no notice of `prompt=login` or `max_age`.",),
        "Sign out at the other service, then start again.",
        ("Set Prompt under Advanced to “Sign in anew each time”, where the provider knows it.",),
    ),
    Fix(
        KeysUnavailable,
        "The provider's keys could not be read, so that no signature can be verified.",
        ("The JWKS Endpoint is wrong, or answers with a page.", "The provider is down or slow."),
        CHOOSE,
        ("Open the JWKS Endpoint in a browser: it is JSON with `keys`.", TEST_IT),
    ),
    Fix(
        UserinfoFailed,
        "The User Info Endpoint did not answer with claims.",
        (
            "The endpoint wants a scope that was not asked for.",
            "Everything is in the ID token, and the provider serves no such endpoint.",
        ),
        START_AGAIN,
        (
            "Compare Scopes and User Info Endpoint under Advanced.",
            "Switch on “Do not ask the User Info Endpoint” where the ID token has all that you need.",
        ),
    ),
    Fix(
        SubjectMismatch,
        "The User Info Endpoint tells of somebody else than the ID token, so that neither is believed.",
        ("The endpoint is another server's or tenant's.", "A gateway before the provider mixes up answers."),
        ASK,
        ("Compare the User Info Endpoint with the provider's metadata.", TEST_IT),
    ),
    Fix(
        MissingUserInfo,
        "The provider said too little of the person. The page names the field.",
        (
            "The scope for it is not asked for: `email`, at GitHub `user:email`.",
            "The person has no verified address at the provider.",
            "The provider sends the field only when it is configured, as Entra ID does with optional claims.",
        ),
        "Add and confirm an email address at the other service, then start again.",
        (
            "Compare Scopes under Advanced.",
            "At Entra ID add the claim under Token configuration.",
            "Where the address has another name, add a mapper from that claim to the attribute `email`.",
        ),
    ),
)
