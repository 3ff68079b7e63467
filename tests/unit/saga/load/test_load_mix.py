"""The mix of a load."""

from collections import Counter
from itertools import pairwise

import pytest

from payment.test_tokens import TEST_TOKENS
from saga.failures import UsageFailure
from saga.load.mix import DEFAULT, of_text, spread


def test_a_mix_has_a_weight_for_each_kind() -> None:
    assert of_text("pm_ok=8, pm_declined=1,out-of-stock=1") == {"pm_ok": 8, "pm_declined": 1, "out-of-stock": 1}


@pytest.mark.parametrize("token", TEST_TOKENS)
def test_every_token_of_the_simulated_gateway_is_a_kind(token: str) -> None:
    assert of_text(f"{token}=1") == {token: 1}


@pytest.mark.parametrize(
    "text", ["", "pm_ok", "pm_ok=0", "pm_ok=-1", "ok=1", "pm_ok=1,pm_ok=2", "pm_ok=1,,", "pm_ok=x"]
)
def test_anything_else_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageFailure, match="Invalid mix"):
        of_text(text)


def test_kinds_occur_by_their_weights() -> None:
    assert Counter(spread(of_text(DEFAULT), 40)) == {"pm_ok": 32, "pm_declined": 4, "out-of-stock": 4}


def test_kinds_are_spread_evenly() -> None:
    rare = [at for at, kind in enumerate(spread({"pm_ok": 9, "pm_declined": 1}, 100)) if kind == "pm_declined"]
    assert {later - earlier for earlier, later in pairwise(rare)} == {10}


def test_a_few_orders_are_spread_too() -> None:
    assert spread({"pm_ok": 1, "pm_declined": 1}, 3) == ["pm_ok", "pm_declined", "pm_ok"]
