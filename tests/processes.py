"""The command as a process of its own, with a data directory and nothing of the machine's settings."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cli.conftest import Ran
from tests.served import free_port

COMMAND = [sys.executable, "-c", "from vestibule.cli import main; main()"]
START_SECONDS = 30


@dataclass
class Serving:
    """`vestibule serve` at `url`; what it says goes to files, so that it never waits for a reader."""

    process: "subprocess.Popen[bytes]"
    url: str
    says: Path

    def said(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self.says.iterdir()))

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """The test's environment without settings, but for the data directory and these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VESTIBULE_")}
    given = {f"VESTIBULE_{name}": value for name, value in variables.items()}
    return kept | {"VESTIBULE_DATA_DIR": str(folder), "COLUMNS": "200"} | given


def command(folder: Path, *arguments: str, **variables: str) -> Ran:
    """Runs the command to its end."""
    variables.setdefault("PORT", str(free_port()))
    ran = subprocess.run(
        [*COMMAND, *arguments],
        env=environment(folder, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@contextmanager
def serving(folder: Path, umask: int = -1, **variables: str) -> Iterator[Serving]:
    """A service that has started; it is ended with the block."""
    port, says = str(free_port()), folder.parent / "says"
    says.mkdir(exist_ok=True)
    with (says / f"{port}.out").open("wb") as out, (says / f"{port}.err").open("wb") as err:
        settings = environment(folder, PORT=port, **variables)
        process = subprocess.Popen([*COMMAND, "serve"], env=settings, stdout=out, stderr=err, umask=umask)
    try:
        deadline = time.monotonic() + START_SECONDS
        while b"is running" not in (says / f"{port}.err").read_bytes():
            assert process.poll() is None, (says / f"{port}.err").read_text()
            assert time.monotonic() < deadline
        yield Serving(process, f"http://localhost:{port}", says)
    finally:
        process.kill()
        process.wait()
