"""The names of the kit's tables, from the environment."""

import os


def sagas() -> str:
    """Return the name of the table of sagas, one row each."""
    return os.environ["SAGAS_TABLE"]


def events() -> str:
    """Return the name of the table of events: outbox, fence and history at once."""
    return os.environ["EVENTS_TABLE"]


def idempotency() -> str:
    """Return the name of the table of Powertools' idempotency records."""
    return os.environ["IDEMPOTENCY_TABLE"]
