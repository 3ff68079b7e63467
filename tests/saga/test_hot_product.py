"""The simulation of a hot product: what it shows in docs/scaling.md comes from its rules, not from chance."""

import pytest

from sagakit.transaction import ATTEMPTS
from scripts import hot_product
from scripts.hot_product import HOLD, simulate


@pytest.fixture(autouse=True)
def few_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot_product, "ORDERS", 300)


def test_orders_that_are_far_apart_never_meet() -> None:
    figures = simulate(rate=0.001, shards=1, hold=HOLD)
    assert (figures.attempts, sum(figures.refused.values())) == (300, 0)
    assert figures.waits == pytest.approx([HOLD] * 300)


def test_orders_that_meet_at_one_row_give_up_and_shards_keep_them_apart() -> None:
    one, sixteen = (simulate(rate=100, shards=shards, hold=0.1) for shards in (1, 16))
    assert len(one.gave_up) > 2 * len(sixteen.gave_up)
    assert one.attempts > ATTEMPTS * len(one.gave_up)
    assert len(one.waits) + len(one.paused) == 300
