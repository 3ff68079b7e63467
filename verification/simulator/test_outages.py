"""No outage costs an order or an event, or needs a person."""

import pytest

from verification.simulator.outages.play import play
from verification.simulator.world.outage import Outage, all_outages

IN_FLIGHT = 60  # calls: some orders are in flight


@pytest.mark.parametrize("outage", [*all_outages()], ids=lambda outage: f"{outage} for {outage.lasts}")
def test_an_outage_loses_nothing_and_parks_nothing(outage: Outage) -> None:
    _, tally = play(outage, IN_FLIGHT)

    assert tally.problems == []
    assert (tally.orders["orders"], tally.losses) == (12, 0)


def test_an_order_that_an_outage_hits_is_delayed() -> None:
    (gateway, *_) = all_outages()

    assert play(gateway, IN_FLIGHT)[1].orders["delayed"]
