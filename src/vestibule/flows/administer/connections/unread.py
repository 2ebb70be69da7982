"""What keeps a provider from being read, said to whoever connects it: to them the other service is known."""

from vestibule.domain.errors import (
    UpstreamAnswerTooLarge,
    UpstreamRefused,
    UpstreamTimeout,
    UpstreamUnreachable,
    VestibuleError,
)
from vestibule.domain.sentence import Sentence

OF_PROVIDER = {
    UpstreamUnreachable.code: Sentence("The provider cannot be reached."),
    UpstreamTimeout.code: Sentence("The provider took too long to answer."),
    UpstreamAnswerTooLarge.code: Sentence("The provider sent an answer that is too large."),
    UpstreamRefused.code: Sentence("The provider refused the request."),
}
"""By the error's name."""


def sentence_of(error: VestibuleError | type[VestibuleError]) -> Sentence:
    """The error's sentence, where the other service is the provider."""
    return OF_PROVIDER.get(error.code) or Sentence(error.sentence)
