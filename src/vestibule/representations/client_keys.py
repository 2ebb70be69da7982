"""The public keys of a client that authenticates with a signed JWT (RFC 7523), among its attributes."""

from dataclasses import replace

from vestibule.crypto.strict_json import read_json_object
from vestibule.domain.client import Client
from vestibule.representations import addresses
from vestibule.representations.document import Element
from vestibule.representations.realm import read_switch

JWKS_LIMIT = 64 * 1024
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of a JWK that only its owner may know (RFC 7518 section 6)."""


def read_client_keys(given: Element, client: Client) -> Client:
    """`client` with its JWK Set or its address, whichever the attributes say is in use."""
    text, address = given.member("jwks.string"), given.member("jwks.url")
    jwks, uri = client.jwks, client.jwks_uri
    if text.is_present:
        jwks = _read_jwks(text) if read_switch(given, "use.jwks.string", True) else ""
    if address.is_present:
        uri = addresses.read_web_address(address) if read_switch(given, "use.jwks.url", True) else ""
    return replace(client, jwks=jwks, jwks_uri=uri)


def _read_jwks(member: Element) -> str:
    text = member.as_text(JWKS_LIMIT, lines=True)
    if not text:
        return ""
    try:
        keys = read_json_object(text.encode()).get("keys")
    except ValueError as error:
        member.refuse("This is not a JWK Set: {reason}.", reason=str(error))
    if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) for key in keys):
        member.refuse("A JWK Set has a list “keys” of objects (RFC 7517 section 5).")
    if any(PRIVATE_MEMBERS & key.keys() for key in keys):
        member.refuse("This holds a private or symmetric key; only public keys belong here.")
    return text
