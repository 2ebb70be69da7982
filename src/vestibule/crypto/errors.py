"""What goes wrong with keys and tokens. Flows turn it into the protocol's own error codes."""


class InvalidJwt(Exception):
    """A JWT or a JWK Set is not acceptable; `detail` says why, for the log and for administrators."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class UnknownKeyId(InvalidJwt):
    """No key in the set is the one that the token names: a newer set of the signer may hold it."""
