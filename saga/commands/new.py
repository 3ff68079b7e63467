"""Adds to the project what somebody is about to write."""

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from saga.command.adding import add
from saga.command.asked import Asked
from saga.scaffold.names import names
from saga.scaffold.place import read
from saga.scaffold.plan import plan

if TYPE_CHECKING:
    from saga.scaffold.plan import Plan

app = typer.Typer(no_args_is_help=True, help="Add to the project what somebody is about to write.")

_EXAMPLE = "new step BookShipment --undo VoidShipment --participant shipping"


@add(app, _EXAMPLE, f"{_EXAMPLE} --after ReserveInventory")
def step(  # noqa: PLR0913 - a parameter for each option
    asked: Asked,
    name: Annotated[str, typer.Argument(help="The step: a verb and a noun, such as BookShipment.")],
    *,
    undo: Annotated[str, typer.Option(help="What undoes it, such as VoidShipment.")],
    participant: Annotated[str, typer.Option(help="Package in functions/ that owns both.")],
    after: Annotated[str | None, typer.Option(help="The step before it.", show_default="the last one")] = None,
    event: Annotated[str | None, typer.Option(help="What the step tells, such as ShipmentBooked.")] = None,
    undo_event: Annotated[str | None, typer.Option(help="What undoing it tells, such as ShipmentVoided.")] = None,
) -> None:
    """Add a step and what undoes it to a saga, in the root of its project.

    Code, tests and sample events are written; table, template and import contracts are changed. What has no certain
    place in a file is printed instead. Exit code 2 when it cannot be added as asked for, 1 when a file cannot be
    written; nothing is changed then.
    """
    named = names(name, undo, participant, event, undo_event)
    planned = plan(Path.cwd(), named, after)
    planned.carry_out()
    generated = _finish(planned)
    by_hand = [{"file": each.path, "where": each.where, "text": each.text} for each in planned.by_hand]
    data = {"created": [*planned.created], "changed": [*planned.changed], "byHand": by_hand, "definition": generated}
    lines = [f"written  {path}" for path in sorted(planned.created)]
    lines += [f"changed  {path}" for path in sorted(planned.changed)]
    lines += [f"\nAdd to {each['file']} {each['where']}:\n\n{each['text'].strip('\n')}" for each in by_hand]
    asked.answer(data, "\n".join([*lines, "", generated, "", read("next", named).rstrip()]))


def _finish(planned: "Plan") -> str:
    """Formats what was written and generates the definition; gives what came of that."""
    python = [path for path in (*planned.created, *planned.changed) if path.endswith(".py")]
    _run(planned.root, "ruff", "check", "--no-cache", "--quiet", "--select", "I", "--fix", *python)
    _run(planned.root, "ruff", "format", "--no-cache", "--quiet", *python)
    if planned.by_hand:
        return "The definition is not generated: first add what is shown above."
    generated = _run(planned.root, "statemachine.generate")
    refused = generated.stderr.strip().rpartition("\n")[2].removeprefix("definition: ")
    return f"The definition is not generated: {refused}" if generated.returncode else "The definition is generated."


def _run(root: Path, module: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    own = root / ".venv" / "bin" / "python"
    environment = {**os.environ, "PYTHONPATH": "functions:.", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(own) if own.exists() else sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
