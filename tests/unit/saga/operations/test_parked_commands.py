"""`saga parked`."""

import json
from functools import partial

import pytest

from saga.cli import bulk
from saga.stack.stack import Stack
from tests.support import cli, steps, world
from tests.unit.saga.operations.shop import send
from tests.unit.saga.operations.test_parked_orders import park

pytestmark = pytest.mark.usefixtures("target_stack")

saga = partial(cli.saga, "parked")
RESUME_ALL = ("resume", "--all", "--reason", "it works again")


def resumed(order_id: str) -> bool:
    return "OrderResumed#1" in world.events(order_id)


def test_parked_orders_are_listed() -> None:
    order_id = park()
    assert order_id in saga("list").stdout
    listed = json.loads(saga("list", "--json").stdout)
    assert [(order["orderId"], order["notUndone"]) for order in listed] == [(order_id, ["PaymentRefunded"])]
    assert json.loads(saga("show", order_id, "--json").stdout) == listed[0]


def test_an_empty_list_says_so() -> None:
    assert saga("list").stdout == "No order is parked.\n"
    assert json.loads(saga("list", "--json").stdout) == []


def test_the_list_can_be_limited_by_age() -> None:
    park()
    assert json.loads(saga("list", "--older-than", "1h", "--json").stdout) == []
    assert len(json.loads(saga("list", "--older-than", "0s", "--json").stdout)) <= 1


def test_an_order_is_shown_with_what_failed() -> None:
    output = saga("show", park()).stdout
    assert "RefundPayment failed" in output
    assert "699.98" in output


def test_an_unknown_order_and_one_that_is_not_parked_have_different_exit_codes() -> None:
    assert saga("show", "nope").exit_code == 4
    assert saga("show", steps.confirmed()).exit_code == 1


def test_all_are_resumed_and_then_there_is_nothing_left() -> None:
    orders = [park(), park()]
    first = saga(*RESUME_ALL, "--yes", "--json")
    assert first.exit_code == 0
    results = [(each["orderId"], each["event"]) for each in json.loads(first.stdout)]
    assert results == [(order_id, "OrderResumed#1") for order_id in orders]
    assert all(map(resumed, orders))
    again = saga(*RESUME_ALL, "--yes", "--json")
    assert (again.exit_code, json.loads(again.stdout)) == (0, [])


def test_a_dry_run_only_lists() -> None:
    order_id = park()
    result = saga(*RESUME_ALL, "--dry-run", "-o", "jsonl")
    assert (result.exit_code, json.loads(result.stdout)["orderId"]) == (0, order_id)
    assert not resumed(order_id)


def test_without_a_terminal_there_is_no_confirmation() -> None:
    order_id = park()
    refused = saga(*RESUME_ALL)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert order_id in refused.stderr
    assert "Pass --yes" in refused.stderr
    assert not resumed(order_id)


@pytest.mark.parametrize(("text", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1)])
def test_the_operator_confirms_once(text: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "is_interactive", lambda: True)
    orders = [park(), park()]
    result = saga(*RESUME_ALL, stdin=text)
    assert result.exit_code == code
    assert result.stderr.count("resume 2 parked orders?") == 1
    assert [resumed(order_id) for order_id in orders] == [code == 0] * 2


def test_named_orders_need_no_confirmation() -> None:
    wanted, other = park(), park()
    assert saga("resume", wanted, "--reason", "refunded by hand").exit_code == 0
    assert (resumed(wanted), resumed(other)) == (True, False)
    assert world.detail(wanted, "OrderResumed#1")["reason"] == "refunded by hand"


def test_a_failure_does_not_block_the_other_orders() -> None:
    broken, sound = park(), park()
    row = next(row for row in world.rows("SAGAS") if row["orderId"] == broken)
    world.put("SAGAS", {**row, "updatedAt": 2**43})
    result = saga(*RESUME_ALL, "--yes", "--json")
    assert result.exit_code == 1
    assert "1 done, 1 failed" in result.stderr
    results = {each["orderId"]: each for each in json.loads(result.stdout)}
    assert "TransientError: one event after the other was recorded meanwhile" in results[broken]["error"]
    assert "error" not in results[sound]
    assert resumed(sound)


@pytest.mark.parametrize("options", [[], ["o-1", "--all"]])
def test_ids_or_all_are_required(options: list[str]) -> None:
    assert saga("resume", *options, "--reason", "why").exit_code == 2


def test_a_reason_is_required() -> None:
    assert saga("resume", "--all", "--yes").exit_code == 2


def test_resuming_deletes_the_alert(target_stack: Stack) -> None:
    order_id = park()
    send(target_stack, "ParkedOrdersQueueUrl", {"detail": {"orderId": order_id}})
    assert "Deleted 1 queue message of" in saga("resume", order_id, "--reason", "why").stderr


def test_the_gateway_is_restored() -> None:
    order_id = park()
    restored = json.loads(cli.saga("gateway", "restore", order_id, "--json").stdout)
    steps.refund(order_id)
    assert (restored["orderId"], world.net_charge()) == (order_id, 0)
