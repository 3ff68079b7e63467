"""No outage costs an order or an event, or needs a person."""

import pytest

from payment.simulated import SimulatedGateway, ledger
from verification.simulator.coverage_counts import Coverage
from verification.simulator.mutants.all_mutants import BY_HAND
from verification.simulator.outages.play import play
from verification.simulator.profiles.topics import PAUSING
from verification.simulator.run_plan import draw_plan
from verification.simulator.world.outage import TABLE, UNREADABLE, Outage, all_outages
from verification.simulator.world.simulation import Simulation

IN_FLIGHT = 60  # calls: some orders are in flight


@pytest.mark.parametrize("outage", [*all_outages()], ids=lambda outage: f"{outage} for {outage.lasts}")
def test_an_outage_loses_nothing_and_parks_nothing(outage: Outage) -> None:
    _, tally = play(outage, IN_FLIGHT)

    assert tally.problems == []
    assert (tally.orders["orders"], tally.losses) == (12, 0)


def test_events_that_a_bad_deployment_sets_aside_are_lost_unless_they_are_tried_again() -> None:
    (unreadable,) = (each for each in all_outages() if each.kind == UNREADABLE)

    with BY_HAND["what is set aside is never tried again"].change():
        assert play(unreadable, IN_FLIGHT)[1].events_lost > 0


def test_the_environment_can_act_on_a_table_that_is_down_for_the_functions() -> None:
    down = [each for each in all_outages() if each.kind == TABLE]

    with Simulation(draw_plan(lambda _: 0, [PAUSING]), Coverage(), frozenset()) as sim:
        sim.db.put(ledger(), {"id": "intent"})
        for outage in down:
            sim.begin_outage(outage)
            SimulatedGateway().restore("intent")

        assert sim.rows("GATEWAY_LEDGER") == [{"id": "intent", "well": True}]


def test_an_order_that_an_outage_hits_is_delayed() -> None:
    (gateway, *_) = all_outages()

    assert play(gateway, IN_FLIGHT)[1].orders["delayed"]
