"""The deployed stack as the tests use it: place orders, wait for their end, look at everything."""

import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from saga.failure import Failure
from saga.http import call
from saga.orders import history
from saga.stack import Stack
from sagakit import dynamodb

type Json = Any

PATIENCE = 300  # seconds
CLIENTS = 10
ENDED = ("CONFIRMED", "FAILED")


@dataclass(frozen=True)
class Shop:
    """One stack."""

    stack: Stack

    def client(self, service: Any) -> Any:
        """Give an administrator's client of a service."""
        return self.stack.session.client(service)

    def order(self, product: str = "monitor", quantity: int = 2, token: str = "pm_ok", **more: Json) -> Json:
        """Make the body of a request, at the catalogue's price."""
        price = self.product(product)["price"] / 100
        items = [{"productId": product, "quantity": quantity, "price": price}]
        return {"customerId": "customer-456", "items": items, "paymentToken": token, **more}

    def post(self, body: Json, key: str | None = None) -> tuple[int, Json]:
        """POST /orders."""
        return call(f"{self.stack.api_url}/orders", body, {"x-idempotency-key": key} if key else None)

    def place(self, body: Json, key: str | None = None) -> str:
        """Place an order that must be accepted, and give its id."""
        status, answer = self.post(body, key)
        assert status == 202, answer
        return str(answer["orderId"])

    def place_all(self, bodies: Iterable[Json]) -> list[str]:
        """Place many orders, a few at a time."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(self.place, bodies))

    def run_all(self, bodies: Iterable[Json]) -> list[Json]:
        """Let a few clients place orders, each waiting for the end of one before it places the next."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(lambda body: self.ended(self.place(body)), bodies))

    def place_stubbornly(self, body: Json) -> str:
        """Place an order as a client does that repeats a request with its key until it is accepted."""
        key, orders = f"key-{uuid.uuid4()}", list[str]()

        def accepted() -> bool:
            with suppress(Failure):  # the engine does not answer, or not in JSON
                status, answer = self.post(body, key)
                orders.extend([answer["orderId"]] if status == 202 else [])
            return bool(orders)

        eventually(accepted, f"an order with key {key} was not accepted")
        return orders[0]

    def let_time_pass(self) -> None:
        """Let the deadlines of open orders pass until none is open: of those only that no execution works at."""
        eventually(self._swept, "there are orders that do not end")

    def _swept(self) -> bool:
        still_open = [order["orderId"] for order in self.rows("OrdersTable") if "open" in order]
        running = {order_id for order_id, status in self.executions() if status == "RUNNING"}
        for order_id in [each for each in still_open if each not in running][:CLIENTS]:
            self.make_overdue(order_id)
        self.sweep()
        return not still_open

    def abandoned(self) -> set[str]:
        """Give the open orders whose executions are all over."""
        executions = self.executions()
        running = {order_id for order_id, status in executions if status == "RUNNING"}
        still_open = {order["orderId"] for order in self.rows("OrdersTable") if "open" in order}
        return ({order_id for order_id, _ in executions} - running) & still_open

    def executions(self) -> list[tuple[str, str]]:
        """Give the order and the status of every execution."""
        pages = self.client("stepfunctions").get_paginator("list_executions")
        found = pages.paginate(stateMachineArn=self.stack.outputs["StateMachineArn"])
        executions = [execution for page in found for execution in page["executions"]]
        return [(each["name"].rpartition("-Order")[0], each["status"]) for each in executions]

    def outcomes(self) -> Counter[str]:
        """Count the orders by what became of them."""
        return Counter("parked" if "parked" in order else order["status"] for order in self.rows("OrdersTable"))

    @contextmanager
    def relay_off(self) -> Iterator[None]:
        """Have the relay off meanwhile."""
        client, name = self.client("lambda"), self.stack.function_name("RelayOutboxFunction")
        mapping = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"][0]["UUID"]
        client.update_event_source_mapping(UUID=mapping, Enabled=False)
        try:
            yield
        finally:
            client.update_event_source_mapping(UUID=mapping, Enabled=True)

    def make_overdue(self, order_id: str) -> None:
        """Let an order's deadline have passed, unless it has ended just now."""
        with suppress(self.client("dynamodb").exceptions.ConditionalCheckFailedException):
            self.update("OrdersTable", {"orderId": order_id}, "dueAt", 1)

    def sweep(self) -> Json:
        """Let the sweeper work now."""
        return self.invoke("SweepOrdersFunction", {})

    def update(self, table: str, key: Json, attribute: str, value: Json) -> None:
        """Change an attribute that the row has, whatever the rules of the saga say."""
        self.client("dynamodb").update_item(
            TableName=self.stack.outputs[table],
            Key=dynamodb.to_wire(key),
            UpdateExpression="SET #attribute = :value",
            ConditionExpression="attribute_exists(#attribute)",
            ExpressionAttributeNames={"#attribute": attribute},
            ExpressionAttributeValues=dynamodb.to_wire({":value": value}),
        )

    def get(self, order_id: str) -> Json:
        """GET /orders/{id}, again where a machine under load did not answer in time."""
        return self._answer(f"{self.stack.api_url}/orders/{order_id}")

    def cancel(self, order_id: str) -> tuple[int, Json]:
        """POST /orders/{id}/cancel."""
        return call(f"{self.stack.api_url}/orders/{order_id}/cancel", {})

    def events(self, order_id: str) -> list[str]:
        """Give the types of the order's events, in order."""
        return [event["type"] for event in self._answer(f"{self.stack.api_url}/orders/{order_id}/events")["events"]]

    def _answer(self, url: str) -> Json:
        answers: list[Json] = []

        def answered() -> bool:
            status, answer = call(url)
            answers.append(answer)
            return status == 200

        eventually(answered, f"{url} does not answer")
        return answers[-1]

    def ended(self, order_id: str) -> Json:
        """Wait until the saga is CONFIRMED, FAILED or parked, and give it."""
        eventually(lambda: has_ended(self.row("OrdersTable", {"orderId": order_id})), f"order {order_id} did not end")
        return self.get(order_id)

    def executed(self, order_id: str, event: str = "OrderPlaced") -> list[str]:
        """Wait until the execution that an event started is over, and give the states it went through."""
        execution = f"{order_id}-{event}"
        eventually(lambda: history.has_ended(self.stack, execution), f"execution {execution} did not end")
        return [visit.state for visit in history.path(self.stack, execution)]

    def has_started(self, order_id: str) -> bool:
        """Tell whether the order's saga was started."""
        sfn = self.client("stepfunctions")
        try:
            sfn.describe_execution(executionArn=self.stack.execution_arn(f"{order_id}-OrderPlaced"))
        except sfn.exceptions.ExecutionDoesNotExist:
            return False
        return True

    def entered(self, order_id: str) -> list[str]:
        """Give the states that the order's saga has entered so far."""
        return [visit.state for visit in history.path(self.stack, f"{order_id}-OrderPlaced")]

    def execution(self, order_id: str, event: str = "OrderPlaced") -> Json:
        """Describe the execution that an event started."""
        arn = self.stack.execution_arn(f"{order_id}-{event}")
        return self.client("stepfunctions").describe_execution(executionArn=arn)

    def invoke(self, logical_id: str, payload: Json) -> Json:
        """Invoke a function and give its answer, or its error."""
        answer = self.client("lambda").invoke(
            FunctionName=self.stack.function_name(logical_id), Payload=json.dumps(payload)
        )
        return json.loads(answer["Payload"].read())

    def physical_id(self, logical_id: str) -> str:
        """Give the name of a resource of the stack."""
        found = self.client("cloudformation").describe_stack_resource(
            StackName=self.stack.name, LogicalResourceId=logical_id
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def product(self, product_id: str) -> Json:
        """Read a product's row."""
        return self.row("InventoryTable", {"productId": product_id})

    def stock(self, product_id: str, available: int, price: int = 34999) -> None:
        """Put a product of the test's own on the shelf; `price` in minor units."""
        item = {"productId": product_id, "name": product_id, "price": price}
        amounts = {"available": available, "stocked": available}
        self.client("dynamodb").put_item(
            TableName=self.stack.outputs["InventoryTable"], Item=dynamodb.to_wire({**item, **amounts})
        )

    def row(self, table: str, key: Json) -> Json:
        """Read a row; empty where there is none."""
        answer = self.client("dynamodb").get_item(
            TableName=self.stack.outputs[table], Key=dynamodb.to_wire(key), ConsistentRead=True
        )
        return dynamodb.from_wire(answer.get("Item", {}))

    def rows(self, table: str) -> list[Json]:
        """Read all rows of a table."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.stack.outputs[table])
        return [dynamodb.from_wire(item) for page in pages for item in page["Items"]]

    def intent(self, order_id: str) -> Json:
        """Read what the gateway's ledger says of the order; empty where it never heard of it."""
        payment = self.row("PaymentsTable", {"orderId": order_id})
        return self.row("GatewayLedgerTable", {"id": payment["intentId"]}) if payment else {}

    def net_charge(self, order_id: str) -> int:
        """Give what the gateway took for the order and did not give back, in minor units."""
        intent = self.intent(order_id)
        return int(intent["taken"] - intent["refunded"]) if intent else 0


def has_ended(order: Json) -> bool:
    """Tell whether the saga is CONFIRMED, FAILED or parked."""
    return order["status"] in ENDED or "parked" in order


def eventually(condition: Callable[[], bool], otherwise: str) -> None:
    """Wait until the condition holds, however slow the machine is, within reason."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.2)
