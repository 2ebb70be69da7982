"""Failures of the service itself."""

from http import HTTPStatus

from vestibule.domain.errors.named import VestibuleError


class Busy(VestibuleError):
    """A bounded resource is full; nothing was tried."""

    code = "temporarily_unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    sentence = "Too many people are signing in at this moment."
    remedy = "Wait a few seconds and try again."


class StorageUnavailable(VestibuleError):
    """The database did not take the change, so nothing was changed."""

    code = "storage_unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    sentence = "The service cannot store anything at this moment, so nothing was changed."
    remedy = "Try again in a minute."


class UndecryptableSecret(VestibuleError):
    """A stored secret does not open: the master key changed, or the row was altered."""

    code = "undecryptable_secret"
    sentence = "The service cannot read one of its own secrets."
    remedy = "Tell the operator, who should compare VESTIBULE_SECRET_KEY with the one that was used before."
