"""What a provider brought to an attempt to sign in, and what is still due before there is a session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from vestibule.domain.connection.identity import ExternalIdentity

BrokerStep = Literal["profile", "link_proof", "verification", "second_factor", "enrol_factor"]


@dataclass(frozen=True, slots=True)
class Brokered:
    """Kept in the attempt, so that nothing of a sign-in that is given up stays anywhere else.

    `due` are the steps that remain, in their order. `user_id` is whom it will be: the person found, or the
    identifier that a new one gets. `proved_user_id` is whose account was proved on the way, at `proved_at`,
    `email` what a new person typed where the provider told no address. `may_decline` says that the account
    with the same address need not be theirs, `declined` that it is not. `amr` are the methods of our own that
    were used after the provider's. `id_token` is the provider's, sealed for the attempt; blank: none is kept.
    """

    identity: ExternalIdentity
    user_id: str
    due: tuple[BrokerStep, ...] = ()
    is_new: bool = False
    proved_user_id: str = ""
    proved_at: datetime | None = None
    may_decline: bool = False
    declined: bool = False
    email: str = ""
    amr: tuple[str, ...] = ()
    id_token: str = ""
