"""saga parked: what a person sees, what is asked, and what is done."""

import json
from functools import partial

import pytest

from saga.commands import bulk
from tests.support import cli, steps, world
from tests.unit.saga.operations.shop import send
from tests.unit.saga.operations.test_parked_orders import park

pytestmark = pytest.mark.usefixtures("asked")

saga = partial(cli.saga, "parked")
RESUME_ALL = ("resume", "--all", "--reason", "it works again")


def resumed(order_id: str) -> bool:
    return "OrderResumed#1" in world.events(order_id)


def test_parked_orders_are_listed_for_people_and_for_programs() -> None:
    order_id = park()
    assert order_id in saga("list").stdout
    listed = json.loads(saga("list", "--json").stdout)
    assert [(order["orderId"], order["notUndone"]) for order in listed] == [(order_id, ["PaymentRefunded"])]
    assert json.loads(saga("show", order_id, "--json").stdout) == listed[0]


def test_no_parked_order_is_said_so() -> None:
    assert saga("list").stdout == "no order is parked\n"
    assert json.loads(saga("list", "--json").stdout) == []


def test_only_those_parked_for_long_are_listed() -> None:
    park()
    assert json.loads(saga("list", "--older-than", "1h", "--json").stdout) == []
    assert len(json.loads(saga("list", "--older-than", "0s", "--json").stdout)) <= 1


def test_one_order_is_shown_with_what_failed() -> None:
    shown = saga("show", park()).stdout
    assert "RefundPayment failed" in shown
    assert "699.98" in shown


def test_an_unknown_order_and_one_that_is_not_parked_have_exit_codes_of_their_own() -> None:
    assert saga("show", "nope").exit_code == 4
    assert saga("show", steps.confirmed()).exit_code == 1


def test_all_are_resumed_after_a_yes_and_again_there_is_nothing_left() -> None:
    orders = [park(), park()]
    first = saga(*RESUME_ALL, "--yes", "--json")
    assert first.exit_code == 0
    answered = [(each["orderId"], each["event"]) for each in json.loads(first.stdout)]
    assert answered == [(order_id, "OrderResumed#1") for order_id in orders]
    assert all(map(resumed, orders))
    again = saga(*RESUME_ALL, "--yes", "--json")
    assert (again.exit_code, json.loads(again.stdout)) == (0, [])


def test_a_dry_run_only_shows() -> None:
    order_id = park()
    shown = saga(*RESUME_ALL, "--dry-run", "-o", "jsonl")
    assert (shown.exit_code, json.loads(shown.stdout)["orderId"]) == (0, order_id)
    assert not resumed(order_id)


def test_without_a_terminal_nobody_can_be_asked() -> None:
    order_id = park()
    refused = saga(*RESUME_ALL)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert order_id in refused.stderr
    assert "add --yes" in refused.stderr
    assert not resumed(order_id)


@pytest.mark.parametrize(("said", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1)])
def test_a_person_is_asked_once(said: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "at_a_terminal", lambda: True)
    orders = [park(), park()]
    answered = saga(*RESUME_ALL, said=said)
    assert answered.exit_code == code
    assert answered.stderr.count("resume 2 parked orders?") == 1
    assert [resumed(order_id) for order_id in orders] == [code == 0] * 2


def test_orders_that_are_named_are_not_asked_about() -> None:
    wanted, other = park(), park()
    assert saga("resume", wanted, "--reason", "refunded by hand").exit_code == 0
    assert (resumed(wanted), resumed(other)) == (True, False)
    assert world.detail(wanted, "OrderResumed#1")["reason"] == "refunded by hand"


def test_one_that_cannot_be_resumed_holds_up_no_other() -> None:
    broken, sound = park(), park()
    row = next(row for row in world.rows("SAGAS") if row["orderId"] == broken)
    world.put("SAGAS", {**row, "status": "FAILED"})
    result = saga(*RESUME_ALL, "--yes", "--json")
    assert result.exit_code == 1
    assert "1 done, 1 failed" in result.stderr
    answered = {each["orderId"]: each for each in json.loads(result.stdout)}
    assert "NotCancelling" in answered[broken]["error"]
    assert "error" not in answered[sound]
    assert resumed(sound)


@pytest.mark.parametrize("which", [[], ["o-1", "--all"]])
def test_either_ids_or_all_must_be_given(which: list[str]) -> None:
    assert saga("resume", *which, "--reason", "why").exit_code == 2


def test_a_reason_must_be_given() -> None:
    assert saga("resume", "--all", "--yes").exit_code == 2


def test_resuming_deletes_the_message_that_called_people(asked: object) -> None:
    order_id = park()
    send(asked, "ParkedOrdersQueueUrl", {"detail": {"orderId": order_id}})  # type: ignore[arg-type]
    assert "1 messages deleted" in saga("resume", order_id, "--reason", "why").stderr


def test_a_gateway_is_made_well() -> None:
    order_id = park()
    made = json.loads(saga("make-well", order_id, "--json").stdout)
    steps.refund(order_id)
    assert (made["orderId"], world.net_charge()) == (order_id, 0)
