"""The order saga, by the interpreter of the definition."""

from sagakit.reason import Reason
from sagakit.recovery.actions import recover_if_needed
from tests.bench.coordinators.coordinator import Coordinator
from tests.bench.coordinators.prices import TRANSITIONS
from tests.support import world
from tests.support.asl import Json, TaskFailed, run
from tests.support.lambdas import invoke
from tests.support.stopped_clock import SECOND
from tests.support.template import definition, tasks


class Aborted(BaseException):
    """Somebody stopped the execution."""


class StateMachine(Coordinator):
    """Orders."""

    name = "state machine"

    def place(self, quantity: int = 1) -> str:
        return world.placed(quantity=quantity)

    def work(self, saga_id: str) -> None:
        outcome = run(definition(), {"orderId": saga_id}, self._call)
        retries = len(outcome.calls) - sum(state in tasks() for state in outcome.path)
        self.taken[TRANSITIONS] += len(outcome.path) + retries
        self.still.advance(round(outcome.longest_delay * SECOND))

    def lose(self, saga_id: str) -> None:
        def abort(state: str) -> None:
            if state == "ConfirmOrder":
                raise Aborted

        self.before = abort
        assert self.has_new_start(saga_id)
        try:
            self.work(saga_id)
        except Aborted:
            self.before = lambda _state: None
        recover_if_needed(saga_id, Reason("ExecutionAborted"), "ABORTED")

    def _call(self, function: str, payload: Json) -> Json:
        state = function.removesuffix("Function")
        try:
            self.invoked(state)
            answer = invoke(function, payload)
            self.after(state)
        except RuntimeError as fault:
            raise TaskFailed(type(fault).__name__, str(fault)) from fault
        return answer
