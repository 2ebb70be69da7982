"""The relying party: signing people in with somebody else's OpenID Provider, without input or output.

Requests are values (`Outgoing`) that a flow sends, answers are values (`Incoming`) that it brings back.
OpenID Connect Core 1.0, Discovery 1.0, RFC 6749, RFC 7636, RFC 9126, RFC 9207, RFC 9449.
"""
