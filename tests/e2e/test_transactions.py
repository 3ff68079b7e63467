"""Transactions, which queues coordinate: how they are tried out, and what interrupts them."""

import json
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.command import Command
from tests.e2e.outages import changed
from tests.e2e.shop import Shop, eventually
from tests.e2e.transactions import Transactions

# As the document starts a transaction: only the address of the API is filled in.
START = """curl -sS -X POST -H "Content-Type: application/json" -d '%s' "${API_ENDPOINT}/transactions" \\
  | jq -r '.transactionId'"""
LAPTOPS = '{ "customerId": "CUST-001", "productId": "PROD-001", "quantity": 2, "amount": 2599.98 }'
SMARTPHONES = '{ "customerId": "CUST-002", "productId": "PROD-003", "quantity": 100, "amount": 79999.00 }'


@pytest.fixture(scope="module")
def transactions(shop: Shop) -> Transactions:
    return Transactions(shop)


def levels(shop: Shop) -> dict[str, int]:
    return {product: shop.product(product)["available"] for product in ("PROD-001", "PROD-003")}


def started_by_curl(shop: Shop, body: str) -> str:
    done = subprocess.run(  # noqa: S603 - the document's own command
        ["/bin/bash", "-o", "pipefail", "-c", START % body],
        env={"API_ENDPOINT": shop.stack.api_url, "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_two_laptops_are_sold_and_a_hundred_smartphones_fail_and_cost_nothing(
    shop: Shop, transactions: Transactions
) -> None:
    before = levels(shop)
    laptops, smartphones = (started_by_curl(shop, body) for body in (LAPTOPS, SMARTPHONES))

    completed = transactions.ended(laptops)
    assert (completed["status"], completed["currentStep"]) == ("COMPLETED", "COMPLETED")
    assert completed["completedSteps"] == ["ORDER_PROCESSING", "PAYMENT_PROCESSING", "INVENTORY_UPDATE"]
    assert shop.net_charge(laptops) == 259998

    failed = transactions.ended(smartphones)
    assert (failed["status"], failed["failedStep"]) == ("FAILED", "INVENTORY_UPDATE")
    assert (failed["undoneSteps"], failed["error"]["reason"]) == (["PAYMENT_PROCESSING"], "InsufficientStock")
    assert (shop.intent(smartphones)["taken"], shop.intent(smartphones)["refunded"]) == (7999900, 7999900)

    assert levels(shop) == {"PROD-001": before["PROD-001"] - 2, "PROD-003": before["PROD-003"]}
    assert shop.violations() == []


def test_a_repeated_key_gives_the_same_transaction_even_after_it_has_completed(transactions: Transactions) -> None:
    key, body = f"key-{uuid.uuid4()}", transactions.body()
    first = transactions.start(body, key)
    assert transactions.start(body, key) == first
    assert transactions.ended(first)["status"] == "COMPLETED"
    assert transactions.start(body, key) == first
    assert transactions.cancel(first)[0] == 409


def test_while_the_gateway_is_down_a_transaction_waits_and_can_be_cancelled(
    shop: Shop, transactions: Transactions
) -> None:
    with changed(shop, "PaymentWorkerFunction", GATEWAY_DOWN="true"):
        resumed, cancelled = (transactions.start(transactions.body()) for _ in range(2))
        transactions.paused(resumed, cancelled)
        assert transactions.get(resumed)["status"] == "STARTED"
        assert transactions.cancel(cancelled)[0] == 202
        assert transactions.ended(cancelled)["status"] == "FAILED"
    shop.all_end([resumed])
    assert transactions.get(resumed)["status"] == "COMPLETED"
    assert (shop.net_charge(resumed), shop.net_charge(cancelled)) == (34999, 0)


@contextmanager
def one_attempt(shop: Shop, logical_id: str) -> Iterator[None]:
    """Let a queue give up a message after its first attempt."""
    sqs, queue = shop.client("sqs"), shop.physical_id(logical_id)
    names = ["RedrivePolicy"]
    before = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    policy = {**json.loads(before["RedrivePolicy"]), "maxReceiveCount": 1}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedrivePolicy": json.dumps(policy)})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=before)


def dead_letters(shop: Shop) -> int:
    queue, name = shop.stack.outputs["TransactionDeadLetterQueueUrl"], "ApproximateNumberOfMessages"
    found = shop.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=[name])
    return int(found["Attributes"][name])


def test_a_transaction_goes_on_when_its_dead_letter_is_redriven(
    shop: Shop, transactions: Transactions, command: Command
) -> None:
    with one_attempt(shop, "InventoryQueue"), changed(shop, "InventoryWorkerFunction", HANDLERS="not JSON"):
        transaction_id = transactions.start(transactions.body())
        eventually(lambda: dead_letters(shop) == 1, "no dead letter")
    redriven = command("dlq", "redrive", "--yes")
    assert redriven.returncode == 0, redriven.stderr
    assert transactions.ended(transaction_id)["status"] == "COMPLETED"
    assert (dead_letters(shop), shop.net_charge(transaction_id)) == (0, 34999)
