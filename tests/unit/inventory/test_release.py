"""Releasing: what is held and no more, once, and only when it was decided to undo."""

from __future__ import annotations

import json

import pytest

from sagakit import clock
from sagakit.errors import NotCancelling, TransientError, UnknownSaga
from tests.support import meanwhile, steps, world

pytestmark = pytest.mark.usefixtures("world")


def test_what_was_held_is_put_back_and_told() -> None:
    order_id = steps.cancelling()
    assert world.available() == world.STOCK - 2
    assert steps.release(order_id) == {"orderId": order_id, "event": "InventoryReleased", "repeated": False}
    assert world.available() == world.STOCK
    assert world.detail(order_id, "InventoryReleased") == {"items": [{"productId": "monitor", "quantity": 2}]}


def test_an_order_that_holds_nothing_gives_nothing_back() -> None:
    order_id = world.placed()
    steps.cancel(order_id)
    assert steps.release(order_id)["event"] == "InventoryReleased"
    assert world.available() == world.STOCK
    assert world.detail(order_id, "InventoryReleased") == {"items": []}


def test_an_order_that_was_refused_gives_nothing_back() -> None:
    order_id = steps.rejected()
    steps.cancel(order_id, "InsufficientStock")
    steps.release(order_id)
    assert world.available() == world.STOCK


def test_a_retry_finds_its_own_row_and_changes_nothing() -> None:
    order_id = steps.cancelling()
    steps.release(order_id)
    before = world.snapshot()
    assert steps.release(order_id)["repeated"]
    assert world.snapshot() == before


def test_ten_late_calls_for_a_failed_order_change_nothing() -> None:
    order_id = steps.failed()
    before = world.snapshot()
    assert steps.ten_times(steps.release, order_id) == {"InventoryReleased"}
    assert world.snapshot() == before


def test_nothing_is_released_for_an_order_that_nobody_cancelled() -> None:
    order_id = steps.paid()
    with pytest.raises(NotCancelling, match="the saga is PENDING"):
        steps.release(order_id)
    assert world.available() == world.STOCK - 2


def test_nothing_is_released_for_a_confirmed_order() -> None:
    order_id = steps.confirmed()
    before = world.snapshot()
    assert steps.ten_times(steps.release, order_id) == {"NotCancelling"}
    assert world.snapshot() == before


def test_a_release_that_read_the_history_before_the_cancellation_reads_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_id = steps.paid()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.cancel(order_id))
    with pytest.raises(TransientError, match="decided just now"):
        steps.release(order_id)
    steps.release(order_id)
    assert world.events(order_id)[-2:] == ["OrderCancelling", "InventoryReleased"]


def test_an_order_that_does_not_exist_releases_nothing() -> None:
    with pytest.raises(UnknownSaga):
        steps.release("no-such-order")


def test_a_product_that_is_gone_is_a_defect_and_not_forgotten() -> None:
    order_id = steps.cancelling()
    world.remove("INVENTORY", productId="monitor")
    with pytest.raises(LookupError, match="monitor is gone"):
        steps.release(order_id)
    assert "InventoryReleased" not in world.events(order_id)


def test_the_events_time_does_not_go_backwards_with_this_machines_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    monkeypatch.setattr(clock, "now", lambda: 1)
    steps.release(order_id)
    assert world.events(order_id)[-1] == "InventoryReleased"


def test_a_release_is_counted_once_however_often_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    order_id = steps.cancelling()
    capsys.readouterr()
    steps.ten_times(steps.release, order_id)
    (metric,) = capsys.readouterr().out.splitlines()
    assert (json.loads(metric)["Compensations"], json.loads(metric)["step"]) == ([1.0], "ReleaseInventory")
