"""What to do where a provider refuses, or its answer does not belong to a sign-in."""

from vestibule.domain.errors import (
    InvalidDpopProof,
    ProviderNotAvailable,
    RedirectUriRefused,
    StateMismatch,
    TokenExchangeFailed,
    UpstreamAccessDenied,
    UpstreamError,
    UpstreamInvalidClient,
)
from vestibule.flows.error_fixes.fix import Fix

START_AGAIN = "Start again from the application."
CHOOSE = "Start again, or choose another way to sign in."
ASK = "Send the reference to your administrator."
TEST_IT = (
    "Press “Test these settings” on the provider's page: the report says which check fails, and on what."
)

ANSWER_FIXES = (
    Fix(
        StateMismatch,
        "The provider's answer belongs to no sign-in that this browser began, so that nothing of it is used. "
        "The page shows the callback URL that the provider must have.",
        (
            "Cookies are blocked for the address of this service.",
            "The callback URL at the provider differs: another host, `http`, a slash at its end, other case.",
            "The page was opened again from the history or a bookmark, or more than 15 minutes passed.",
            "The sign-in was begun in another browser, or on another of the service's addresses.",
        ),
        "Allow cookies for this site and start again from the application. Cookies of other sites are not "
        "needed.",
        (
            "Compare the callback URL at the provider with the Redirect URI here, letter for letter.",
            "Compare `VESTIBULE_PUBLIC_URL` with the address that people have in their browser.",
        ),
    ),
    Fix(
        RedirectUriRefused,
        "The provider does not send people back to this service, because it does not know the callback URL. "
        "The page shows the one that was sent, and beside it the one that the provider named.",
        (
            "The Redirect URI was not registered at the provider, or with a difference.",
            "It was registered for another application, or as a single-page or native one.",
            "The alias of the provider was typed in another case: addresses are case-sensitive.",
        ),
        ASK,
        (
            "Copy the Redirect URI from the provider's page here and register it there, without a wildcard.",
            "At Entra ID choose the platform “Web”.",
            TEST_IT,
        ),
    ),
    Fix(
        UpstreamInvalidClient,
        "The provider does not take the client ID and secret of this service. Where a next secret is stored, "
        "it was tried too.",
        (
            "The client secret has expired, or was replaced at the provider.",
            "The secret's ID was pasted in place of its value, or with a blank around it.",
            "The provider wants another kind of client authentication than is set.",
        ),
        "Sign in another way until it is mended. " + ASK,
        (
            "Make a new secret at the provider and store it under Secrets with its last day.",
            "Compare the client ID, and Client authentication under Advanced.",
            TEST_IT,
        ),
    ),
    Fix(
        TokenExchangeFailed,
        "The provider sent the person back, and then gave no tokens for the code. The log has what it said.",
        (
            "The code was used before or expired: somebody reloaded the page.",
            "The Token Endpoint is another server's, or answers with a page in place of JSON.",
            "The provider wants PKCE and it is off here, or the other way round.",
        ),
        START_AGAIN,
        ("Compare the Token Endpoint with the provider's metadata, and PKCE under Advanced.", TEST_IT),
    ),
    Fix(
        InvalidDpopProof,
        "The provider refuses the proof that a token belongs to this service (DPoP, RFC 9449), or demands "
        "one that is not sent.",
        (
            "The application at Okta demands DPoP, and DPoP is off here.",
            "The two clocks differ by more than the provider allows.",
        ),
        ASK,
        (
            "Switch DPoP on under Advanced; or off at the provider, at Okta in the application's settings.",
            "Compare this machine's clock with a time server.",
        ),
    ),
    Fix(
        UpstreamAccessDenied,
        "The provider said that the person may not, or the person pressed Cancel there.",
        (
            "The person cancelled, or did not give consent.",
            "The person or their group is not assigned to the application at the provider.",
            "The provider's own policy wants another device, network or factor.",
        ),
        CHOOSE,
        (
            "Assign the person to the application at the provider.",
            "At Entra ID grant admin consent for the whole organization.",
        ),
    ),
    Fix(
        ProviderNotAvailable,
        "The address names a provider that this tenant does not have, or that is switched off.",
        (
            "It was switched off or deleted while somebody was signing in.",
            "A link or `kc_idp_hint` has the alias in another spelling.",
        ),
        "Go back to the application and choose another way.",
        ("Look under Identity Providers whether it is enabled, and compare the alias, letter for letter.",),
    ),
    Fix(
        UpstreamError,
        "The provider answered with an error that has no name of its own here, or with something that cannot "
        "be read. The log has what it said.",
        (
            "The provider has a fault, or is being maintained.",
            "An address under Advanced leads to something else than the provider.",
            "The request was not to its taste: a scope that it does not know, an unknown `prompt`.",
        ),
        CHOOSE,
        ("Look up the reference under Events.", TEST_IT),
    ),
)
