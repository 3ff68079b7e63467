"""Reasons: what an operator reads, what a customer reads, and what neither sees in the other's place."""

import pytest

from sagakit.errors import BusinessError
from sagakit.reason import Reason, public
from sagakit.saga import Saga, sagas
from sagas import ORDER

TECHNICAL = {"reason": "TechnicalProblem", "message": "It could not be completed for a technical reason."}


@pytest.mark.parametrize("saga", sagas().values(), ids=sagas())
def test_every_refusal_has_a_sentence_for_customers(saga: Saga) -> None:
    assert all(error.says.endswith(".") for error in saga.refusals)


@pytest.mark.parametrize("error", ORDER.refusals, ids=lambda error: str(error.__name__))
def test_a_refusal_is_told_by_its_name_and_its_sentence(error: type[BusinessError]) -> None:
    assert public(ORDER, error.__name__) == {"reason": error.__name__, "message": error.says}


@pytest.mark.parametrize("code", ["CustomerCancelled", "DeadlinePassed", "ExecutionAborted"])
def test_a_decision_without_a_refusal_is_told_by_a_sentence_of_its_own(code: str) -> None:
    told = public(ORDER, code)
    assert told["reason"] == code
    assert told["message"].startswith("It ")


@pytest.mark.parametrize("code", ["AccessDeniedException", "Lambda.Unknown", "KeyError", "SagaCancelled", ""])
def test_any_other_reason_is_a_technical_one_to_customers(code: str) -> None:
    assert public(ORDER, code) == TECHNICAL


def test_a_row_keeps_what_operators_and_customers_need() -> None:
    assert Reason("KeyError", "in line 3").detail == {"reason": "KeyError", "cause": "in line 3"}
    cancelled = Reason("CustomerCancelled", text="too late")
    assert cancelled.detail == {"reason": "CustomerCancelled", "cause": "", "text": "too late"}
