"""The names of the kit's tables, as the template hands them to the functions."""

import os


def sagas() -> str:
    """Name the table of the decision records, a row for each saga."""
    return os.environ["SAGAS_TABLE"]


def events() -> str:
    """Name the table that is outbox, fence and history at once."""
    return os.environ["EVENTS_TABLE"]


def idempotency() -> str:
    """Name the table of Powertools' idempotency records."""
    return os.environ["IDEMPOTENCY_TABLE"]
