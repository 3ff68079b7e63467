"""The tables' names, as the template hands them to the functions."""

import os


def orders() -> str:
    """Name the table of the decision records."""
    return os.environ["ORDERS_TABLE"]


def order_lines() -> str:
    """Name the table that finds the orders of a product."""
    return os.environ["ORDER_LINES_TABLE"]


def events() -> str:
    """Name the table that is outbox, fence and history at once."""
    return os.environ["EVENTS_TABLE"]


def inventory() -> str:
    """Name the table of products: the catalogue and the stock."""
    return os.environ["INVENTORY_TABLE"]


def payments() -> str:
    """Name the table of payments, one for each order that came so far."""
    return os.environ["PAYMENTS_TABLE"]


def ledger() -> str:
    """Name the simulated gateway's own table."""
    return os.environ["GATEWAY_LEDGER_TABLE"]


def idempotency() -> str:
    """Name the table of Powertools' idempotency records."""
    return os.environ["IDEMPOTENCY_TABLE"]


def breaker() -> str:
    """Name the table of the gateway's circuit breaker."""
    return os.environ["CIRCUIT_BREAKER_TABLE"]
