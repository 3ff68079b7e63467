"""The deployed stack as tests use it: they place orders, wait for them to end, and read everything."""

import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from saga.aws import waiting
from saga.failures import Failure
from saga.http import call
from saga.reconcile.charges import parked_with_wrong_amounts
from saga.reconcile.records import Records
from saga.reconcile.run import check
from saga.reconcile.soundness import sort
from saga.stack.payments import payment_of
from saga.stack.products import Product, catalogue
from saga.stack.stack import Stack
from saga.stack.tables import event_rows, everything
from sagakit import dynamodb

type Json = Any

PATIENCE = 300  # seconds
LONGEST_FUNCTION = 60  # seconds, in the template
CLIENTS = 10
ATTEMPTS = 3  # that a waiting order gets before its time is over
BUSY = 503
ENDED = ("CONFIRMED", "FAILED")


@dataclass(frozen=True)
class Shop:
    """One stack."""

    stack: Stack

    def client(self, service: Any) -> Any:
        """Return an administrator's client of a service."""
        return self.stack.session.client(service)

    def order(self, product: str = "monitor", quantity: int = 2, token: str = "pm_ok", **more: Json) -> Json:
        """Return the body of a request, at the catalogue's price."""
        price = self.product(product)["price"] / 100
        items = [{"productId": product, "quantity": quantity, "price": price}]
        return {"customerId": "customer-456", "items": items, "paymentToken": token, **more}

    def post(self, body: Json, key: str | None = None) -> tuple[int, Json]:
        """POST /orders."""
        return call(f"{self.stack.api_url}/orders", body, {"x-idempotency-key": key} if key else None)

    def place(self, body: Json, key: str | None = None) -> str:
        """Place an order that must be accepted, and return its ID. As a 503 asks for, repeat the request then."""
        key, answers = key or str(uuid.uuid4()), list[tuple[int, Json]]()

        def answered() -> bool:
            answers.append(self.post(body, key))
            return answers[-1][0] != BUSY

        eventually(answered, "the API stayed busy")
        status, answer = answers[-1]
        assert status == 202, answer
        return str(answer["orderId"])

    def place_all(self, bodies: Iterable[Json]) -> list[str]:
        """Place many orders, a few at a time."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(self.place, bodies))

    def run_all(self, bodies: Iterable[Json]) -> list[Json]:
        """Place orders from a few clients. Each waits for an order to end before it places the next."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(lambda body: self.ended(self.place(body)), bodies))

    def place_with_retries(self, body: Json) -> str:
        """Place an order as a client that repeats the request with its key until it is accepted."""
        key, orders = f"key-{uuid.uuid4()}", list[str]()

        def accepted() -> bool:
            with suppress(Failure):  # the engine doesn't answer, or not in JSON
                status, answer = self.post(body, key)
                orders.extend([answer["orderId"]] if status == 202 else [])
            return bool(orders)

        eventually(accepted, f"an order with key {key} was not accepted")
        return orders[0]

    def violations(self) -> list[str]:
        """Return what the reconciliation finds, but not that the charge of a parked order stands."""
        rows = {name: everything(self.stack, table) for name, table in Records(self.stack).names.items()}
        found, waiting = check(self.stack), parked_with_wrong_amounts(sort(rows).sound)
        return [each for each in found if each not in waiting]

    def let_time_pass(self) -> None:
        """Let the time of open orders without a running execution pass, until no order is open."""
        eventually(self._swept, "some orders did not end")

    def _swept(self) -> bool:
        still_open = [order for order in self.rows("OrdersTable") if "open" in order]
        running = {order_id for order_id, status in self.executions() if status == "RUNNING"}
        for order in [each for each in still_open if each["orderId"] not in running][:CLIENTS]:
            self.hurry(order)
        self.sweep()
        return not still_open

    def hurry(self, order: Json) -> None:
        """Let the order's next attempt be due; after a few attempts, its deadline passes or its patience ends."""
        attempts = order.get("paused", {}).get("attempts", ATTEMPTS)
        (self.make_due if attempts < ATTEMPTS else self.make_overdue)(order["orderId"])

    def abandoned(self) -> set[str]:
        """Return the open orders whose executions have all ended."""
        executions = self.executions()
        running = {order_id for order_id, status in executions if status == "RUNNING"}
        still_open = {order["orderId"] for order in self.rows("OrdersTable") if "open" in order}
        return ({order_id for order_id, _ in executions} - running) & still_open

    def executions(self) -> list[tuple[str, str]]:
        """Return the order and the status of every execution."""
        pages = self.client("stepfunctions").get_paginator("list_executions")
        found = pages.paginate(stateMachineArn=self.stack.outputs["StateMachineArn"])
        executions = [execution for page in found for execution in page["executions"]]
        return [(each["name"].rpartition("-Order")[0], each["status"]) for each in executions]

    def start_again(self, order_id: str, times: int) -> None:
        """Start more executions of an order's saga, beside the one that the relay starts."""
        for number in range(times):
            self.client("stepfunctions").start_execution(
                stateMachineArn=self.stack.outputs["StateMachineArn"],
                name=f"{order_id}-Order{number}",
                input=json.dumps({"orderId": order_id}),
            )

    def outcomes(self) -> Counter[str]:
        """Count the orders by outcome."""
        orders = [row for row in self.rows("OrdersTable") if "status" in row]  # one row has the secret of the IDs
        return Counter("parked" if "parked" in order else order["status"] for order in orders)

    @contextmanager
    def relay_off(self) -> Iterator[None]:
        """Let the stream start no saga for the duration of the block."""
        client, name = self.client("lambda"), self.stack.function_name("StartSagasFunction")
        mapping = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"][0]["UUID"]
        client.update_event_source_mapping(UUID=mapping, Enabled=False)
        try:
            yield
        finally:
            client.update_event_source_mapping(UUID=mapping, Enabled=True)

    def make_due(self, order_id: str) -> None:
        """Let the sweeper look at an order the next time, unless the order has just ended."""
        with suppress(self.client("dynamodb").exceptions.ConditionalCheckFailedException):
            self.update("OrdersTable", {"orderId": order_id}, "dueAt", 1)

    def make_overdue(self, order_id: str) -> None:
        """Move an order's deadline into the past, or the end of patience with it, unless the order has just ended."""
        with suppress(self.client("dynamodb").exceptions.ConditionalCheckFailedException):
            self.update("OrdersTable", {"orderId": order_id}, "deadlineAt", 1)
        self.make_due(order_id)

    def sweep(self) -> Json:
        """Run the sweeper of orders now."""
        return self.invoke("SweepOrdersFunction", {})

    def sweep_outbox(self) -> Json:
        """Run the sweeper of what is set aside now."""
        return self.invoke("SweepOutboxFunction", {})

    def pending(self, orders: Iterable[str]) -> set[str]:
        """Return the orders among these that have neither ended nor been parked."""
        return {order_id for order_id in orders if not has_ended(self.row("OrdersTable", {"orderId": order_id}))}

    def all_end(self, orders: Iterable[str]) -> None:
        """Let the time of these orders pass until they have ended or are parked."""

        def over() -> bool:
            rows = [self.row("OrdersTable", {"orderId": order_id}) for order_id in self.pending(orders)]
            paused = [row for row in rows if "nextAttemptAt" in row.get("paused", {})]
            for row in paused:
                self.hurry(row)
            if rows and not paused:  # what a slow machine could not even pause is due only minutes later
                for order_id in self.abandoned().intersection(row["orderId"] for row in rows):
                    self.make_due(order_id)
            self.sweep()
            return not rows

        eventually(over, "some orders did not end")

    def update(self, table: str, key: Json, attribute: str, value: Json) -> None:
        """Change an existing attribute of a row, bypassing the rules of the saga."""
        self.client("dynamodb").update_item(
            TableName=self.stack.outputs[table],
            Key=dynamodb.to_wire(key),
            UpdateExpression="SET #attribute = :value",
            ConditionExpression="attribute_exists(#attribute)",
            ExpressionAttributeNames={"#attribute": attribute},
            ExpressionAttributeValues=dynamodb.to_wire({":value": value}),
        )

    def get(self, order_id: str) -> Json:
        """GET /orders/{id}. Repeat if a machine under load doesn't answer in time."""
        return self._answer(f"{self.stack.api_url}/orders/{order_id}")

    def cancel(self, order_id: str) -> tuple[int, Json]:
        """POST /orders/{id}/cancel."""
        return call(f"{self.stack.api_url}/orders/{order_id}/cancel", {})

    def events(self, order_id: str) -> list[str]:
        """Return the types of the order's events, in order."""
        return [event["type"] for event in self._answer(f"{self.stack.api_url}/orders/{order_id}/events")["events"]]

    def _answer(self, url: str) -> Json:
        answers: list[Json] = []

        def answered() -> bool:
            status, answer = call(url)
            answers.append(answer)
            return status == 200

        eventually(answered, f"{url} did not answer")
        return answers[-1]

    def ended(self, order_id: str) -> Json:
        """Wait until the saga is CONFIRMED, FAILED or parked, and return the order."""
        eventually(lambda: has_ended(self.row("OrdersTable", {"orderId": order_id})), f"order {order_id} did not end")
        return self.get(order_id)

    def executed(self, order_id: str, event: str = "OrderPlaced") -> list[str]:
        """Wait until the execution that an event started has ended, and return the states that it entered."""

        def over() -> bool:
            return self.has_started(order_id, event) and self.execution(order_id, event)["status"] != "RUNNING"

        eventually(over, f"the execution of {order_id} by {event} did not end")
        return self.entered(order_id, event)

    def has_started(self, order_id: str, event: str = "OrderPlaced") -> bool:
        """Return whether an event has started an execution."""
        client = self.client("stepfunctions")
        with suppress(client.exceptions.ExecutionDoesNotExist):
            return bool(self.execution(order_id, event))
        return False

    def entered(self, order_id: str, event: str = "OrderPlaced") -> list[str]:
        """Return the states that an execution has entered so far, from its raw history."""
        arn = self.stack.execution_arn(f"{order_id}-{event}")
        pages = self.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=arn)
        events: list[Json] = [event for page in pages for event in page["events"]]
        return [each["stateEnteredEventDetails"]["name"] for each in events if each["type"].endswith("StateEntered")]

    def execution(self, order_id: str, event: str = "OrderPlaced") -> Json:
        """Describe the execution that an event started."""
        arn = self.stack.execution_arn(f"{order_id}-{event}")
        return self.client("stepfunctions").describe_execution(executionArn=arn)

    def invoke(self, logical_id: str, payload: Json) -> Json:
        """Invoke a function and return its response, or its error."""
        answer = self.stack.session.client("lambda", config=waiting(LONGEST_FUNCTION)).invoke(
            FunctionName=self.stack.function_name(logical_id), Payload=json.dumps(payload)
        )
        return json.loads(answer["Payload"].read())

    def physical_id(self, logical_id: str) -> str:
        """Return the physical ID of a resource of the stack."""
        found = self.client("cloudformation").describe_stack_resource(
            StackName=self.stack.name, LogicalResourceId=logical_id
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def product(self, product_id: str) -> Json:
        """Return a product as a row; what is available in all of its rows."""
        product = dict(catalogue(self.stack))[product_id]
        assert isinstance(product, Product)
        return product.row

    def stock(self, product_id: str, available: int, price: int = 34999) -> None:
        """Add a product for a test; `price` in minor units."""
        item = {"productId": product_id, "name": product_id, "price": price}
        amounts = {"available": available, "stocked": available}
        self.client("dynamodb").put_item(
            TableName=self.stack.outputs["InventoryTable"], Item=dynamodb.to_wire({**item, **amounts})
        )

    def row(self, table: str, key: Json) -> Json:
        """Read a row; empty if there is none."""
        answer = self.client("dynamodb").get_item(
            TableName=self.stack.outputs[table], Key=dynamodb.to_wire(key), ConsistentRead=True
        )
        return dynamodb.from_wire(answer.get("Item", {}))

    def rows(self, table: str) -> list[Json]:
        """Read all rows of a table."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.stack.outputs[table])
        return [dynamodb.from_wire(item) for page in pages for item in page["Items"]]

    def intent(self, order_id: str) -> Json:
        """Read the order's intent in the gateway's ledger; empty if there is none."""
        payment = payment_of(sorted(event_rows(self.stack, order_id), key=lambda row: row["at"]))
        return self.row("GatewayLedgerTable", {"id": payment["intentId"]}) if payment else {}

    def net_charge(self, order_id: str) -> int:
        """Return what the gateway took for the order minus what it refunded, in minor units."""
        intent = self.intent(order_id)
        return int(intent["taken"] - intent["refunded"]) if intent else 0


def has_ended(order: Json) -> bool:
    """Return whether the saga is CONFIRMED, FAILED or parked."""
    return order["status"] in ENDED or "parked" in order


def eventually(condition: Callable[[], bool], otherwise: str, patience: int = PATIENCE) -> None:
    """Wait until the condition holds, with patience for a slow machine."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.2)
