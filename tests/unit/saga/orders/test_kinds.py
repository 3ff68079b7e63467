"""Transactions and returns beside orders: listed, shown, drawn, exported, cancelled and resumed."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from saga.failures import Failure, Unreachable
from saga.graph.asl import parse
from saga.operations import gateway, parked_orders
from saga.operations.throughput import throughput
from saga.orders import actions
from saga.orders.effects import effects
from saga.orders.listing import Filter, find
from saga.orders.reader import read, read_again
from saga.orders.record import of_json, to_json
from saga.orders.states import statuses
from saga.orders.view import exit_code, outcome, view
from saga.stack.kinds import KINDS, RETURN, TRANSACTION, kind_of
from saga.stack.stack import Stack
from sagakit.errors import StepIncomplete
from sagakit.queues.route import END, route
from sagakit.saga import sagas
from statemachine.drawing import drawing
from statemachine.states import definition
from tests.support import steps, world
from tests.support.cli import answer, saga
from tests.support.template import ROOT, resources
from tests.unit.saga.fakes import session
from tests.unit.saga.operations import shop


class Machines:
    """The state machines of orders and returns, without any execution."""

    class exceptions:  # noqa: N801 - the client's name for it
        class ExecutionDoesNotExist(Exception):
            """The client's error."""

    def describe_execution(self, executionArn: str) -> None:  # noqa: N803 - the API's name
        raise self.exceptions.ExecutionDoesNotExist(executionArn)

    def describe_state_machine(self, stateMachineArn: str) -> dict[str, str]:  # noqa: N803
        return {"definition": json.dumps(definition(sagas()[stateMachineArn.rpartition("-")[2]]))}


@pytest.fixture
def stack(functions: shop.Functions) -> Stack:
    arn = "arn:aws:states:us-east-1:123456789012:stateMachine:shop-"
    stack = shop.stack(functions, stepfunctions=Machines())
    outputs = {"StateMachineArn": f"{arn}order", "ReturnStateMachineArn": f"{arn}return"}
    return replace(stack, outputs={**stack.outputs, **outputs})


def transaction() -> str:
    return steps.confirmed(sagas()[TRANSACTION])


def back(token: str = world.OK, key: str = "a-key") -> tuple[str, str]:
    """Place and confirm an order of two monitors, have the return of one accepted, and return both IDs."""
    order_id = world.placed(token)
    for state in ("ReserveInventory", "ProcessPayment", "ConfirmOrder"):
        steps.call(state, order_id)
    return order_id, world.returned(order_id, key=key)


def finish(return_id: str) -> str:
    for state in ("RefundReturn", "RestockInventory", "ConfirmReturn"):
        steps.call(state, return_id)
    return return_id


def parked() -> tuple[str, str]:
    """Park a return whose refund the gateway refuses."""
    order_id, return_id = back("pm_return_refused")
    with suppress(Exception):
        steps.call("RefundReturn", return_id)
    with suppress(StepIncomplete):
        steps.call("PauseReturn", return_id, state="RefundReturn", error={"Error": "RefundRefused", "Cause": ""})
    return order_id, return_id


def test_all_kinds_are_listed_and_a_filter_selects_one(stack: Stack) -> None:
    order_id, return_id = back()
    expected = {"order": order_id, "return": return_id, "transaction": transaction()}
    assert {kind_of(each): each["orderId"] for each in find(stack, Filter())} == expected
    for kind in KINDS:
        assert [each["orderId"] for each in find(stack, Filter(kind=kind))] == [expected[kind]]


@pytest.mark.parametrize("wanted", [{"product": "monitor"}, {"product": "monitor", "status": "CONFIRMED"}])
def test_a_return_is_found_neither_by_customer_nor_by_product(stack: Stack, wanted: dict[str, Any]) -> None:
    order_id, return_id = back()
    finish(return_id)
    for filters in (wanted, {"customer": "customer-1"}, {**wanted, "customer": "customer-1"}):
        assert [each["orderId"] for each in find(stack, Filter(**filters))] == [order_id]


def test_an_order_has_its_returns_and_a_return_its_order(stack: Stack) -> None:
    order_id, return_id = back()
    second = finish(world.returned(order_id, key="another"))
    record = read(stack, order_id)
    assert [(each["orderId"], each["status"]) for each in view(record)["returns"]] == [
        (return_id, "PENDING"),
        (second, "CONFIRMED"),
    ]
    assert [each["refundAmount"] for each in record.returns] == [349.99, 349.99]
    assert read(stack, return_id).order["returnOf"] == order_id
    assert read_again(stack, replace(record, returns=())) == record


def test_a_return_is_shown_step_by_step(stack: Stack) -> None:
    _, return_id = back()
    record = read(stack, finish(return_id))
    assert [(each.text, each.money, each.stock) for each in effects(record)] == [
        ("1 monitor for 349.99", 0, {}),
        ("about to refund 349.99: no money has moved yet", 0, {}),
        ("refunded 349.99", -34999, {}),
        ("restocked 1 monitor", 0, {"monitor": 1}),
        ("the return is complete", 0, {}),
    ]
    reached = {name for name, status in statuses(record).items() if status.outcome.value == "succeeded"}
    assert reached == {"RefundReturn", "RestockInventory", "ConfirmReturn"}
    assert (outcome(record), exit_code(record)) == ("confirmed", 0)


def test_the_orders_history_tells_of_its_return(stack: Stack) -> None:
    order_id, return_id = back()
    effect = effects(read(stack, order_id))[-1]
    assert (effect.event, effect.text) == (
        "OrderReturnAccepted#1",
        f"accepted the return of 1 monitor for 349.99: {return_id}",
    )


@pytest.mark.parametrize("bring", [steps.confirmed, steps.failed, lambda saga: steps.before("RefundPayment", saga)])
def test_a_transaction_is_shown_step_by_step_without_any_execution(stack: Stack, bring: Any) -> None:
    record = read(stack, bring(sagas()[TRANSACTION]))
    reached = [each["state"] for each in view(record)["path"]]
    assert reached[:2] == ["ProcessPayment", "ReserveInventory"]
    assert record.executions == ()
    assert (record.stack["workflowType"], record.stack["stateMachine"]) == ("QUEUES", "")
    assert set(reached) <= statuses(record).keys()


@pytest.mark.parametrize("pick", [0, 1, 2])
def test_every_kind_is_exported_and_read_again(stack: Stack, pick: int) -> None:
    for order_id in ((*back(), transaction())[pick], (*parked(), transaction())[pick]):
        record = read(stack, order_id)
        assert of_json(to_json(record)) == record
        assert to_json(of_json(to_json(record))) == to_json(record)


def test_an_exported_return_must_have_what_a_return_has(stack: Stack) -> None:
    document = json.loads(to_json(read(stack, back()[1])))
    del document["order"]["refundAmount"]
    with pytest.raises(Failure, match=r"not an exported order: order\.refundAmount: Field required"):
        of_json(json.dumps(document))


def test_a_parked_return_says_what_is_not_done_and_why(stack: Stack) -> None:
    order_id, return_id = parked()
    record = read(stack, return_id)
    words = "not done: ReturnRefunded, InventoryRestocked (RefundReturn: RefundRefused)"
    assert (record.status, outcome(record), exit_code(record)) == ("PARKED", words, 5)
    assert statuses(record)["RefundReturn"].outcome.value == "caught error"
    assert view(record)["path"][0]["error"] == "RefundRefused"
    (found,) = parked_orders.parked(stack)
    assert (found.kind, found.missing, found.failures) == (
        RETURN,
        ("ReturnRefunded", "InventoryRestocked"),
        {"RefundReturn": "RefundRefused"},
    )
    assert (found.json["refundAmount"], found.json["notDone"]) == (349.99, list(found.missing))
    assert effects(record)[-1].text.endswith("not done: ReturnRefunded, InventoryRestocked")
    assert view(read(stack, order_id))["returns"][0]["parked"]["notDone"] == list(found.missing)


def test_a_parked_return_is_resumed_and_a_transaction_too(stack: Stack) -> None:
    _, return_id = parked()
    assert actions.preview_resume(read(stack, return_id)) == {
        "possible": True,
        "words": "A new execution would run the steps that record these events:",
        "steps": ["ReturnRefunded", "InventoryRestocked"],
    }
    assert actions.resume(stack, return_id, "settled") == "ReturnResumed#1"
    paused = steps.paused(world.transaction)
    assert actions.preview_resume(read(stack, paused))["words"].startswith("A new message would try again now: Proc")
    assert actions.resume(stack, paused, "it works again") == "TransactionResumed#1"


def test_a_return_cannot_be_cancelled(stack: Stack) -> None:
    _, return_id = back()
    with pytest.raises(Failure, match="a return only goes forward and cannot be cancelled"):
        actions.cancel(stack, return_id, "changed my mind")
    assert actions.preview_cancel(read(stack, return_id))["possible"] is False


def test_a_transaction_is_cancelled_at_its_own_address(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    transaction_id, urls = world.transaction(), list[str]()

    def call(url: str, *_: object) -> tuple[int, Any]:
        urls.append(url)
        steps.call("CancelTransaction", transaction_id)
        return 202, {"transactionId": transaction_id, "status": "STARTED"}

    monkeypatch.setattr(actions, "call", call)
    expected = {"orderId": transaction_id, "status": "CANCELLING"}
    assert actions.cancel(stack, transaction_id, "ordered twice") == expected
    assert urls == [f"http://api/transactions/{transaction_id}/cancel"]


def test_the_drawing_of_a_transaction_is_the_route_of_its_messages(stack: Stack) -> None:
    drawn = json.loads(stack.definition(TRANSACTION))
    stops, ends = route(TRANSACTION), {name for name, each in drawn["States"].items() if "Queue" not in each}
    confirm = next(name for name, each in drawn["States"].items() if each.get("End"))
    assert {name for name, each in drawn["States"].items() if "Queue" in each} == stops.keys()
    assert drawn["StartAt"] == next(iter(stops))
    for name, stop in stops.items():
        state = drawn["States"][name]
        after = state.get("Next", END)
        assert after == stop.following or (stop.following == END and after in ends)
        caught = {error: each["Next"] for each in state.get("Catch", ()) for error in each["ErrorEquals"]}
        for error, following in stop.caught.items():
            led = caught.get(error, caught["States.ALL"])
            ended = led in ends or (error, led) == ("AlreadyConfirmed", confirm)
            assert led == following or (following == END and ended), (name, error)
    assert (confirm, stops[confirm].following) == ("ConfirmTransaction", END)  # an end, although it has a queue
    assert [edge.reasons for edge in parse(drawn).edges if edge.source == "StartTransaction"] == [
        ("via\N{NO-BREAK SPACE}PaymentQueue",)
    ]


def test_the_drawing_names_queues_and_workers_of_the_template(stack: Stack) -> None:
    arns = _functions(stack)
    assert arns == {state["Arguments"]["FunctionName"] for state in _drawn() if "Queue" in state}
    queued = replace(stack, outputs={**stack.outputs, "TransactionDeadLetterQueueUrl": "u"})
    names = {arn.rpartition(":function:shop-")[2] for arn in _functions(queued)}
    assert {f"{name}Function" for name in names} <= resources("AWS::Serverless::Function").keys()


def _drawn() -> Iterator[Any]:
    text = Stack("s", session(), {}, "").definition(TRANSACTION)
    yield from json.loads(text)["States"].values()


def _functions(stack: Stack) -> set[str]:
    states = json.loads(stack.definition(TRANSACTION))["States"].values()
    return {state["Arguments"]["FunctionName"] for state in states if "Queue" in state}


def test_a_stack_without_returns_says_so(stack: Stack) -> None:
    outputs = {name: value for name, value in stack.outputs.items() if name != "ReturnStateMachineArn"}
    with pytest.raises(Unreachable, match="stack shop has no state machine for a return"):
        replace(stack, outputs=outputs).definition(RETURN)


@pytest.mark.usefixtures("target_stack")
def test_the_commands_show_every_kind() -> None:
    order_id, return_id = back()
    bought, parked_return = transaction(), parked()[1]
    assert {each.get("kind", "order") for each in answer("order", "list")} == set(KINDS)
    assert [each["orderId"] for each in answer("order", "list", "--kind", "transaction")] == [bought]
    listed = saga("order", "list").stdout
    assert all(each in listed for each in (f"return of {order_id}"[:12], "-349.99", "transaction"))
    shown = saga("order", "show", order_id).stdout
    assert return_id in shown
    assert "PENDING  349.99" in shown
    assert saga("order", "show", return_id).stdout.startswith("return")
    assert saga("order", "show", bought).stdout.startswith("transaction")
    assert "not done" in saga("parked", "show", parked_return).stdout
    assert parked_return in saga("parked", "list").stdout
    assert "RefundReturn" in saga("graph", "--kind", "return").stdout
    assert "PaymentQueue" in saga("graph", "--kind", "transaction").stdout
    assert "ReserveInventory" in saga("graph", bought).stdout
    assert saga("graph", bought, "--kind", "return").exit_code == 2
    assert saga("order", "watch", return_id, "--timeout", "0").exit_code == 6
    assert saga("order", "watch", parked_return, "--timeout", "0").exit_code == 5
    assert saga("order", "diff", order_id, bought).exit_code == 0


def test_returns_are_not_counted_as_orders(stack: Stack) -> None:
    back()
    transaction()
    assert throughput(stack).total.accepted == 2


def test_the_gateway_is_restored_for_the_payment_of_the_returned_order(stack: Stack) -> None:
    _, return_id = back("pm_return_refused")
    (intent,) = world.intents()
    assert gateway.restore(stack, return_id) == intent["id"]
    finish(return_id)
    assert world.status(return_id) == "CONFIRMED"


def test_a_drawing_needs_a_queue_for_every_step(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text((ROOT / "template.yaml").read_text().replace('"ProcessPayment": "$', '"Other": "$'))
    with pytest.raises(ValueError, match=r"QUEUES in template\.yaml has no queue for ProcessPayment"):
        drawing(sagas()[TRANSACTION], file)
