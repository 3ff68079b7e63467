"""A load test: the orders it places, their outcomes and its figures."""

import json
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from saga.cli import bulk
from saga.load import completion
from saga.load.cap import EngineUse
from saga.load.figures import figures
from saga.load.mix import bodies
from saga.load.plan import Placed, Plan, Run
from saga.load.run import run
from saga.reconcile.run import check
from saga.stack.products import products
from saga.stack.stack import Stack
from tests.support import cli, steps, world
from tests.unit.saga.load.api import Api

saga = partial(cli.saga, "load")


@pytest.fixture(autouse=True)
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Api:
    api = Api()
    monkeypatch.setattr("saga.load.cap.ENGINE_HOME", tmp_path)  # not that of an engine that runs on this machine
    monkeypatch.setattr("saga.load.run.call", api.call)
    monkeypatch.setattr(completion, "POLL_SECONDS", 0.01)
    monkeypatch.setattr("sagakit.observability._write", lambda *_: None)  # metrics go to stdout
    return api


def load(stack: Stack, orders: int = 4, **mix: int) -> Any:
    """Run a load and return its figures."""
    plan = Plan(orders, rate=100, clients=4, mix={each.replace("_of_", "-of-"): mix[each] for each in mix})
    return figures(stack, run(stack, plan, lambda _name: None))


def test_every_order_has_its_own_key_and_is_counted_by_its_outcome(stack: Stack, api: Api) -> None:
    found = load(stack, pm_ok=2, pm_declined=1, out_of_stock=1)
    assert (found["accepted"], found["refused"], len(api.keys)) == (4, {}, 4)
    assert found["outcomes"] == {"CONFIRMED": 2, "FAILED": 2, "PARKED": 0, "PAUSED": 0, "OPEN": 0}
    assert found["reasons"] == {"PaymentDeclined": 1, "InsufficientStock": 1}


def test_latencies_come_from_the_answers_and_the_rows(stack: Stack) -> None:
    found = load(stack, pm_ok=1)
    for percentiles in (found["acceptMs"], found["completionMs"]):
        assert 0 <= percentiles["p50"] <= percentiles["p95"] <= percentiles["p99"] <= percentiles["max"]
    assert found["acceptedPerSecond"] > 0
    assert found["endedPerSecond"] > 0


def park(order_id: str) -> None:
    """Have the saga of an order parked."""
    steps.cancel(order_id)
    steps.give_up(order_id)


def test_parked_orders_have_an_outcome_and_no_completion(stack: Stack, api: Api) -> None:
    api.end = park
    found = load(stack, orders=2, pm_ok=1)
    assert (found["outcomes"]["PARKED"], found["completionMs"], found["endedPerSecond"]) == (2, None, 0)


def test_transactions_are_placed_in_between_and_the_first_confirmed_orders_are_returned_piece_by_piece(
    stack: Stack,
) -> None:
    plan = Plan(3, 100, 1, {"pm_ok": 1}, transactions=3, returns=4)
    finished = run(stack, plan, lambda _name: None)
    kinds = [each.kind for each in finished.placed if each.kind != "return"]
    assert kinds == ["order", "transaction"] * 3
    outcomes = figures(stack, finished)["kinds"]
    assert {kind: found["CONFIRMED"] for kind, found in outcomes.items()} == {"order": 3, "transaction": 3, "return": 4}
    assert check(stack) == []


def test_a_load_does_not_sell_the_stock_of_the_shop(stack: Stack) -> None:
    before = products(stack)
    load(stack, orders=5, pm_ok=1)
    assert [product for product in products(stack) if not product.product_id.startswith("LOAD-")] == before
    assert sum(product.held for product in products(stack) if product.product_id.startswith("LOAD-")) == 5


def test_a_second_load_has_stock_again_and_reconciles(stack: Stack) -> None:
    for _ in range(2):
        assert load(stack, pm_ok=3, pm_declined=1)["outcomes"]["CONFIRMED"] == 3
    assert check(stack) == []


def test_refused_orders_are_counted_by_the_answer(stack: Stack, api: Api) -> None:
    api.instead = [503, 503, 0, 429]
    found = load(stack, orders=6, pm_ok=1)
    assert found["refused"] == {"503": 2, "no answer": 1, "429": 1}
    assert (found["accepted"], found["outcomes"]["CONFIRMED"]) == (2, 2)


def test_orders_that_do_not_end_are_open(stack: Stack, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completion, "STALLED_SECONDS", 0)
    api.end = lambda _order_id: None
    found = load(stack, pm_ok=1)
    assert (found["outcomes"]["OPEN"], found["completionMs"]) == (4, None)


def test_orders_that_wait_are_paused_and_not_just_open(stack: Stack) -> None:
    placed, paused = world.placed(), steps.paused()
    rows = {order["orderId"]: order for order in world.rows("SAGAS")}
    answers = tuple(Placed(each, None, 1, 1) for each in (placed, paused, "never polled"))
    found = figures(stack, Run(Plan(3, 1, 1, {"pm_ok": 1}), 0, answers, rows))["outcomes"]
    assert (found["PAUSED"], found["OPEN"]) == (1, 2)


def test_progress_advances_for_each_answer_and_each_end(stack: Stack) -> None:
    advanced: list[str] = []
    run(stack, Plan(3, 100, 2, {"pm_ok": 1}), advanced.append)
    assert (advanced.count("placed"), advanced.count("ended")) == (3, 3)


def test_an_interrupted_load_does_not_wait(stack: Stack, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.end = lambda _order_id: None
    pauses = iter([0, 0, 0])

    def sleep(_seconds: float) -> None:
        if next(pauses, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        run(stack, Plan(1000, 100, 1, {"pm_ok": 1}), lambda _name: None)
    assert len(api.keys) <= 3


def test_orders_are_for_several_products_so_that_they_do_not_conflict() -> None:
    kinds = ["pm_ok"] * 8 + ["out-of-stock"]
    wanted = [body["items"][0]["productId"] for body in bodies(kinds)]
    assert len(set(wanted[:8])) == 4
    assert wanted[-1] not in wanted[:8]


@pytest.mark.usefixtures("target_stack")
def test_the_command_prints_the_figures_and_draws_a_chart_for_people(tmp_path: Path) -> None:
    picture = tmp_path / "load.svg"
    result = saga("--orders", "3", "--rate", "100", "--mix", "pm_ok=1", "--svg", str(picture), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["outcomes"]["CONFIRMED"] == 3
    assert picture.read_text().startswith("<?xml")
    printed = saga("--orders", "3", "--rate", "100", "--mix", "pm_ok=1").stdout
    assert "CONFIRMED   3" in printed
    assert "Latency in ms at each percentile" in printed


@pytest.mark.usefixtures("target_stack")
def test_the_command_says_what_the_engine_is_capped_by(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = EngineUse()
    busy.cpu, busy.elapsed = 3, 4
    monkeypatch.setattr("saga.load.run.engine_use", lambda _stack: nullcontext(busy))
    printed = saga("--orders", "3", "--rate", "100", "--mix", "pm_ok=1").stdout
    cap = "capped by the engine, one process: 1000 ms of its CPU each, so 1.0 per second at most; it was 75 % busy"
    assert cap in " ".join(printed.split())


@pytest.mark.usefixtures("target_stack")
def test_refused_orders_mean_exit_code_1(api: Api) -> None:
    api.instead = [503]
    assert saga("--orders", "2", "--rate", "100").exit_code == 1


@pytest.mark.usefixtures("target_stack")
def test_orders_that_do_not_end_mean_exit_code_6(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completion, "STALLED_SECONDS", 0)
    api.end = lambda _order_id: None
    assert saga("--orders", "2", "--rate", "100").exit_code == 6


@pytest.mark.usefixtures("target_stack")
@pytest.mark.parametrize(
    "invalid",
    [["--orders", "0"], ["--orders", "10001"], ["--rate", "0"], ["--clients", "51"], ["--mix", "x"], ["--svg", "no/x"]],
)
def test_options_have_limits(invalid: list[str], api: Api) -> None:
    assert saga(*invalid).exit_code == 2
    assert not api.keys


def test_on_aws_the_operator_is_asked_first(target_stack: Stack, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(target_stack.__dict__, "endpoint", None)
    assert saga("--orders", "2", "--rate", "100").exit_code == 2
    monkeypatch.setattr(bulk, "is_interactive", lambda: True)
    assert not api.keys
    assert saga("--orders", "3", "--rate", "100", "--mix", "pm_ok=1", "--yes").exit_code == 0
    assert len(api.keys) == 3
