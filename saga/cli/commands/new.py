"""`saga new`."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from saga.cli.context import Context
from saga.cli.register import add
from saga.scaffold.names import names
from saga.scaffold.places import read
from saga.scaffold.plan import Plan, plan

app = typer.Typer(name="new", no_args_is_help=True, help="Generate the code of a new step.")

_EXAMPLE = "new step BookShipment --undo VoidShipment --participant shipping"


@add(app, _EXAMPLE, f"{_EXAMPLE} --after ReserveInventory")
def step(
    context: Context,
    name: Annotated[str, typer.Argument(help="Name of the step: a verb and a noun, such as BookShipment.")],
    *,
    undo: Annotated[str, typer.Option(help="Name of its compensation, such as VoidShipment.")],
    participant: Annotated[str, typer.Option(help="Package in functions/ for the code of both.")],
    after: Annotated[str | None, typer.Option(help="Preceding step.", show_default="the last one")] = None,
    event: Annotated[str | None, typer.Option(help="Event of the step, such as ShipmentBooked.")] = None,
    undo_event: Annotated[str | None, typer.Option(help="Event of the compensation, such as ShipmentVoided.")] = None,
) -> None:
    """Add a step and its compensation to a saga. Run it in the root of the project.

    It writes code, tests and sample events, changes the saga's table,
    the template and the import contracts, and prints what to insert by hand.
    Exit code 2 if the step cannot be added, 1 if a file cannot be written.
    In both cases it changes nothing.
    """
    chosen = names(name, undo, participant, event, undo_event)
    planned = plan(Path.cwd(), chosen, after)
    planned.carry_out()
    generated = _generate(planned)
    by_hand = [{"file": each.path, "where": each.where, "text": each.text} for each in planned.by_hand]
    data = {"created": [*planned.created], "changed": [*planned.changed], "byHand": by_hand, "definition": generated}
    lines = [f"written  {path}" for path in sorted(planned.created)]
    lines += [f"changed  {path}" for path in sorted(planned.changed)]
    lines += [f"\nAdd to {each['file']} {each['where']}:\n\n{each['text'].strip('\n')}" for each in by_hand]
    context.answer(data, "\n".join([*lines, "", generated, "", read("next", chosen).rstrip()]))


def _generate(planned: Plan) -> str:
    """Format the new code, generate the definition, and return a sentence about the result."""
    python = [path for path in (*planned.created, *planned.changed) if path.endswith(".py")]
    _run(planned.root, "ruff", "check", "--no-cache", "--quiet", "--select", "I", "--fix", *python)
    _run(planned.root, "ruff", "format", "--no-cache", "--quiet", *python)
    if planned.by_hand:
        return "The definition is not generated yet. First insert the parts above, then run: make definition"
    generated = _run(planned.root, "statemachine.generate")
    error = generated.stderr.strip().rpartition("\n")[2].removeprefix("definition: ")
    return f"The definition is not generated: {error}" if generated.returncode else "The definition is generated."


def _run(root: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = root / ".venv" / "bin" / "python"
    environment = {**os.environ, "PYTHONPATH": "functions:.", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(own) if own.exists() else sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
