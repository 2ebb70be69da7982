"""What to do where a provider cannot be reached, or its metadata cannot be read."""

from vestibule.domain.errors import (
    AddressNotAllowed,
    DiscoveryFailed,
    DiscoveryIncomplete,
    DiscoveryIssuerMismatch,
    UpstreamAnswerTooLarge,
    UpstreamRefused,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from vestibule.flows.error_fixes.answers import CHOOSE, TEST_IT
from vestibule.flows.error_fixes.fix import Fix

OPEN_IT = "Open the address from this machine, and compare it with the provider's documentation."

REACH_FIXES = (
    Fix(
        DiscoveryFailed,
        "What lies at the Discovery Endpoint is not the metadata of an OpenID Provider.",
        (
            "The address is of the sign-in page, of the console, or of SAML metadata.",
            "A proxy or a sign-in stands before it and answers with a page.",
        ),
        CHOOSE,
        (
            "Open the address in a browser: it is JSON that begins with `issuer`.",
            "Paste the issuer alone; the end `/.well-known/openid-configuration` is added.",
        ),
    ),
    Fix(
        DiscoveryIncomplete,
        "The metadata lacks an address that is needed, or holds one that is not https.",
        ("The provider is set up without TLS.", "Its public address is wrong, so that it prints another."),
        CHOOSE,
        ("Correct the public address at the provider.", "Or type the endpoints under Advanced."),
    ),
    Fix(
        DiscoveryIssuerMismatch,
        "The metadata names another issuer than the address that it was read from. One who controls that "
        "address could stand in for the provider, so that it is refused.",
        ("The address has a slash too many, another case or another host than the issuer.",),
        CHOOSE,
        ("Paste the issuer that the metadata names.",),
    ),
    Fix(
        AddressNotAllowed,
        "The service does not call this address: it is private, of this machine, or on an unusual port.",
        ("The provider runs inside the company's network.",),
        CHOOSE,
        (
            "A Platform Admin allows exactly that host and port: the result of the test has the link to it.",
            "Or the operator adds that `host:port` to `VESTIBULE_OUTBOUND_ALLOW`.",
            "Link-local addresses, where clouds keep their metadata, are never called.",
        ),
    ),
    Fix(
        UpstreamUnreachable,
        "The name does not resolve, nothing listens there, or its certificate is not trusted.",
        (
            "The provider is down, or the address has a mistake.",
            "A firewall stands between, or the certificate is of a company's own authority.",
        ),
        CHOOSE,
        (OPEN_IT, "The operator names a private certificate authority with `VESTIBULE_CA_FILE`."),
    ),
    Fix(
        UpstreamTimeout,
        "The provider did not answer within 10 seconds.",
        ("It is overloaded, or a firewall swallows the connection.",),
        CHOOSE,
        (OPEN_IT,),
    ),
    Fix(
        UpstreamAnswerTooLarge,
        "The provider's answer is longer than 256 kB, and was not read to its end.",
        ("The address leads to something else than an endpoint of the protocol.",),
        CHOOSE,
        (OPEN_IT, TEST_IT),
    ),
    Fix(
        UpstreamRefused,
        "The provider answered with a failure, or with a redirect: those are not followed.",
        ("The address has moved, or wants to be called otherwise.",),
        CHOOSE,
        (OPEN_IT, TEST_IT),
    ),
)
