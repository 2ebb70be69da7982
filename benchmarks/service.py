"""The measured service: the application of `main.build` on its hardened server, in a process of its own."""

import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.child import answer_questions, cpu_seconds
from vestibule.main import build
from vestibule.settings import read_settings
from vestibule.web.logs import configure_logging
from vestibule.web.server import Address, Listener, run


def main(fd: int) -> None:
    """Serves what `VESTIBULE_*` says on a free port until SIGTERM, logging as `vestibule serve` does."""
    settings = read_settings()
    configure_logging(settings.log_level, settings.log_format)
    service = build(settings)

    def usage(_: list[Any]) -> tuple[float, float]:
        return cpu_seconds(), service.passwords.hash_cpu_seconds

    def tell(addresses: Sequence[Address]) -> None:
        answer_questions(fd, addresses[0], {"usage": usage})

    run([Listener(service.app, "127.0.0.1", 0)], on_ready=tell)


if __name__ == "__main__":
    main(int(sys.argv[1]))
