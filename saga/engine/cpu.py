"""The CPU time of a process."""

import subprocess

_SECONDS_A_DAY = 24 * 60 * 60
_TIMEOUT = 5  # seconds


def cpu_seconds(pid: int) -> float | None:
    """Return the CPU time that a process has used, in seconds (whole ones on Linux), or None if `ps` doesn't tell."""
    command = ["ps", "-o", "time=", "-p", str(pid)]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_TIMEOUT)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return seconds_of(told.stdout.strip())


def seconds_of(text: str) -> float:
    """Convert [[days-]hours:]minutes:seconds."""
    days, _, clock = text.rpartition("-")
    seconds = 0.0
    for part in clock.split(":"):
        seconds = seconds * 60 + float(part)
    return int(days or 0) * _SECONDS_A_DAY + seconds
