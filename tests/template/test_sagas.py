"""The tables of the sagas: what they know, and what reading them costs."""

import subprocess
import sys

from sagakit.saga import sagas
from tests.template.source import FUNCTIONS, imported_modules, imports


def test_the_tables_know_the_domains_of_the_participants_and_the_kit_only() -> None:
    rooms = {tuple(name.split(".")[:2]) for name in imports("sagas")}
    assert all(room == "sagakit" or module == "domain" for room, module in rooms if room != "__future__")


def test_reading_a_table_loads_neither_boto3_nor_powertools() -> None:
    program = "import sagas, sys; print({'boto3', 'aws_lambda_powertools'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=FUNCTIONS, check=True, capture_output=True, text=True)  # noqa: S603
    assert done.stdout == "set()\n"


def test_a_state_an_event_and_a_refusal_each_belong_to_one_step() -> None:
    for saga in sagas().values():
        states = [*(step.state for step in saga.forward), *(each.state for each in saga.compensations)]
        events = [*saga.undone_by, *(event for step in saga.forward for event in step.events)]
        assert len(set(states)) == len(states)
        assert len({*events, saga.started}) == len(events) + 1
        assert all(compensation.undoes is step for step, compensation in saga.steps)


def test_the_kit_reads_the_tables_by_name_and_imports_no_participant() -> None:
    rooms = {
        module.partition(".")[0]
        for name in ("sagakit.app", "sagakit.recovery.app")
        for module in imported_modules(name)
    }
    assert rooms == {"sagakit"}
