"""The output of a function: lines in the format of Lambda's own Python runtime client."""

import io
import logging
import sys
import time

_FORMAT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
_INDENT = "\N{NO-BREAK SPACE}"  # CloudWatch cuts off ordinary spaces


class _Handler(logging.StreamHandler[io.TextIOBase]):
    request_id = ""

    def format(self, record: logging.LogRecord) -> str:
        record.aws_request_id = self.request_id
        return super().format(record)


_handler = _Handler(sys.stdout)  # type: ignore[arg-type]


def install() -> None:
    """Send what the root logger gets to standard output, line by line."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    formatter = logging.Formatter(_FORMAT, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    _handler.setFormatter(formatter)
    logging.getLogger().addHandler(_handler)


def begin(request_id: str) -> None:
    """Log under this request from now on."""
    _handler.request_id = request_id


def end() -> None:
    """End the output of a request with an empty line.

    The engine waits up to 50 ms for a first line, even if there is none. It drops the empty one.
    """
    sys.stdout.write("\n")
    sys.stdout.flush()


def error(error_type: str, message: str, stack_trace: list[str]) -> None:
    """Log a failure as one event: its lines end in carriage returns."""
    trace = [line.replace(" ", _INDENT) for each in stack_trace for line in each.splitlines()]
    lines = [f"[ERROR] {error_type}: {message}", "Traceback (most recent call last):", *trace]
    sys.stdout.write("\r".join(lines) + "\n")
