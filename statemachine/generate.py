"""Generate what follows from the sagas' tables (`make definition`). With --check, fail if a file is out of date.

It writes the definitions beside this file, the drawing of the transactions into the operator's command and, in the
template, the deadlines and the refusals. Refusals never start recovery.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from sagakit.saga import Coordinator, Saga, sagas
from statemachine.drawing import drawing
from statemachine.states import definition

HERE = Path(__file__).parent
TEMPLATE = HERE.parent / "template.yaml"
DRAWINGS = HERE.parent / "saga" / "stack"
WIDTH = 150  # characters of a line


def main() -> int:
    """Write or check every file; return 1 if one cannot be generated or is out of date."""
    try:
        texts = {HERE / f"{name}_saga.asl.json": f"{pretty(definition(saga))}\n" for name, saga in _machines().items()}
        for name, saga in sagas().items():
            if saga.coordinator is Coordinator.QUEUES:
                texts[DRAWINGS / f"{name}_saga.json"] = f"{pretty(drawing(saga, TEMPLATE))}\n"
    except ValueError as error:
        print(f"definition: {error}", file=sys.stderr)
        return 1
    texts[TEMPLATE] = with_deadlines(with_refusals(TEMPLATE.read_text()))
    stale = [file for file, text in texts.items() if not file.exists() or file.read_text() != text]
    if sys.argv[1:] != ["--check"]:
        for file in stale:
            file.write_text(texts[file])
        return 0
    for file in stale:
        print(f"definition: {file.name} is not what the table says; run make definition", file=sys.stderr)
    return 1 if stale else 0


def _machines() -> dict[str, Saga]:
    """Return the sagas that a state machine coordinates, by name."""
    return {name: saga for name, saga in sagas().items() if saga.coordinator is Coordinator.STATE_MACHINE}


def with_refusals(template: str) -> str:
    """Return the template with the refusals of all steps wherever it lists them.

    Raises:
        LookupError: the template has no such list.
    """
    refusals = [error.__name__ for saga in _machines().values() for error in saga.refusals]
    rule, count = re.subn(r"anything-but: \[[^]]*\]", f"anything-but: [{', '.join(refusals)}]", template)
    if not count:
        raise LookupError("template.yaml must list the refusals in the rule about broken executions")
    return rule


def with_deadlines(template: str) -> str:
    """Return the template with each saga's deadline as its parameter's default. It exceeds the execution's limit.

    Raises:
        LookupError: the template has no such parameter.
    """
    for saga in (each for each in sagas().values() if not each.retriable):  # those have patience instead
        parameter = saga.name_for("{}DeadlineSeconds")
        found = rf"(  {parameter}:\n    Type: Number\n    Default: )\d+(\n    MinValue: )\d+"
        values = rf"\g<1>{saga.deadline_seconds}\g<2>{saga.execution_seconds + 1}"
        template, count = re.subn(found, values, template)
        if not count:
            raise LookupError(f"template.yaml has no parameter {parameter}")
    return template


def pretty(value: Any, indent: str = "") -> str:  # noqa: ANN401  any JSON value
    """Format JSON with each value on one line if it fits."""
    line = json.dumps(value)
    if not isinstance(value, dict | list) or len(indent) + len(line) <= WIDTH:
        return line
    deeper = f"{indent}  "
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"{deeper}{pretty(each, deeper)}" for each in value) + f"\n{indent}]"
    fields = (f"{deeper}{json.dumps(name)}: {pretty(each, deeper)}" for name, each in value.items())
    return "{\n" + ",\n".join(fields) + f"\n{indent}}}"


if __name__ == "__main__":
    sys.exit(main())
