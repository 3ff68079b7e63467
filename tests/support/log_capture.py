"""Capture of the functions' log."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from aws_lambda_powertools.logging import Logger


@contextmanager
def written(logger: Logger) -> Iterator[io.StringIO]:
    """Capture every line that the logger writes within the block, from DEBUG up, as JSON lines."""
    lines, level = io.StringIO(), logger.log_level
    stream = logger.registered_handler.setStream(lines)  # type: ignore[attr-defined]
    logger.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        logger.setLevel(level)
        logger.registered_handler.setStream(stream)  # type: ignore[attr-defined]
