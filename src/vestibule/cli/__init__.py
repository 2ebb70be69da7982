"""The command line. A failure is a sentence and an exit code, never a traceback."""

import sys


def main() -> None:
    """Runs the command of this process. Exit codes: 0 done, 1 failed, 2 wrong settings or usage."""
    from vestibule.cli.app import app
    from vestibule.cli.failures import describe

    try:
        app(prog_name="vestibule")
    except Exception as error:
        failure = describe(error)
        if failure is None:
            raise
        for sentence in failure.sentences:
            print(f"vestibule: {sentence}", file=sys.stderr)
        sys.exit(failure.exit_code)
