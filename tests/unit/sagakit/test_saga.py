"""A saga's declaration: what undoes a step."""

import pytest

from sagakit.saga import Saga, sagas


@pytest.mark.parametrize("saga", sagas().values(), ids=lambda saga: saga.name)
def test_a_step_is_undone_by_its_compensation_and_one_after_the_pivot_by_none(saga: Saga) -> None:
    undoing = [(step.event, saga.undoing(step)) for step in saga.forward]
    assert undoing == [
        *((step.event, (compensation.event,)) for step, compensation in saga.steps),
        *((step.event, ()) for step in saga.retriable),
    ]


def test_a_step_of_another_saga_is_undone_by_none() -> None:
    order, returned = sagas()["order"], sagas()["return"]
    assert {order.undoing(step) for step in returned.forward} == {()}
