"""Definitions to draw."""

import json
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

type Definition = dict[str, Any]

FILE = Path(__file__).parents[3] / "statemachine" / "order_saga.asl.json"
SAGA: Definition = json.loads(FILE.read_text(encoding="utf-8"))


def task(following: str | None = None, **catches: str) -> Definition:
    """Make a task; the keywords are error names, each with the state that its catch goes to."""
    catch = [{"ErrorEquals": [error], "Next": target} for error, target in catches.items()]
    state: Definition = {"Type": "Task", "Catch": catch}
    return state | ({"Next": following} if following else {"End": True})


def machine(**states: Definition) -> Definition:
    """Make a state machine that starts with the first of the states."""
    return {"StartAt": next(iter(states)), "States": states}


LOOP = machine(
    Charge=task("Poll"),
    Poll={
        "Type": "Choice",
        "Choices": [
            {"Condition": "{% $status = 'PENDING' %}", "Next": "Wait"},
            {"Variable": "$.amount", "NumericGreaterThan": 100, "Next": "Approve"},
        ],
        "Default": "Done",
    },
    Wait={"Type": "Wait", "Seconds": 5, "Next": "Charge"},
    Approve=task("Done"),
    Done={"Type": "Succeed"},
)


def transitions(definition: Definition) -> set[tuple[str, str]]:
    """Return each pair of states that follow each other, read from the definition alone."""
    found = set()
    for name, state in definition["States"].items():
        rules = [state, *state.get("Catch", []), *state.get("Choices", []), {"Next": state.get("Default")}]
        found |= {(name, rule["Next"]) for rule in rules if rule.get("Next")}
    return found


NAMES = ["A", "Bee", "CheckTheStock", "D", "ReserveInventoryForEachLine", "F", "G", "Payment"]
ERRORS = ["States.ALL", "PaymentDeclined", "Lambda.TooManyRequestsException"]


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    target = st.sampled_from(names)
    error = st.lists(st.sampled_from(ERRORS), min_size=1, max_size=3)
    task = st.fixed_dictionaries(
        {"Type": st.just("Task")},
        optional={
            "Next": target,
            "Catch": st.lists(st.fixed_dictionaries({"ErrorEquals": error, "Next": target}), max_size=3),
        },
    )
    rule = st.fixed_dictionaries({"Condition": st.text("abc =<>&", max_size=80), "Next": target})
    choice = st.fixed_dictionaries(
        {"Type": st.just("Choice"), "Choices": st.lists(rule, min_size=1, max_size=4)}, optional={"Default": target}
    )
    return {"StartAt": names[0], "States": {name: draw(task | choice) for name in names}}


tried = settings(max_examples=100, deadline=None, derandomize=True, database=None)
