"""A practice provider in a process of its own, whose people are signed in there already."""

import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.child import answer_questions, cpu_seconds
from vestibule.practice.providers.application import create_provider
from vestibule.practice.providers.people import Person
from vestibule.practice.providers.provider import Provider
from vestibule.web.server import Address, Listener, run

HOST = "127.0.0.1"
PEOPLE = 50


def main(fd: int, port: int) -> None:
    """Serves the provider on the port until SIGTERM."""
    people = [
        Person(f"person-{number}", "Ada", f"Number {number}", f"ada-{number}@elsewhere.example")
        for number in range(PEOPLE)
    ]
    provider = Provider("oidc", f"http://{HOST}:{port}", people=people)

    def register(arguments: list[Any]) -> dict[str, str]:
        client_id, secret, *redirect_uris = arguments
        provider.register(client_id, secret=secret).redirect_uris.extend(redirect_uris)
        server = provider.server
        return {
            "issuer": server.issuer,
            "authorization": server.authorization,
            "token": server.token,
            "userinfo": server.userinfo,
            "jwks": server.jwks,
        }

    def visits(_: list[Any]) -> list[str]:
        sessions = [provider.begin_session(person) for person in people]
        return [f"{provider.cookie}={session.id}" for session in sessions]

    def tell(addresses: Sequence[Address]) -> None:
        questions = {"usage": lambda _: (cpu_seconds(), 0.0), "register": register, "visits": visits}
        answer_questions(fd, addresses[0], questions)

    run([Listener(create_provider(provider), HOST, port)], on_ready=tell)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
