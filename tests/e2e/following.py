"""Commands that never end, as somebody uses them: started, watched until a line appears, and interrupted."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

INTERRUPTED = 130  # what make returns for itself; the command's own code is in its words


def follow(command: Sequence[str | Path], environment: Mapping[str, str], wanted: str, folder: Path) -> tuple[str, str]:
    """Return the line that has what is wanted, and what the command wrote to stderr until it was interrupted."""
    with subprocess.Popen(  # noqa: S603 - our own command
        command,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever runs the tests in the background may ignore the signal, and children inherit that.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        assert process.stdout
        assert process.stderr
        try:
            line = next((line for line in process.stdout if wanted in line), "")
        finally:
            os.killpg(process.pid, signal.SIGINT)
        return line, process.stderr.read()
