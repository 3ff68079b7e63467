"""A schedule told as a story: who did what, and what changed."""

from collections.abc import Iterator

from verification.model.explore import Explorer, Violation
from verification.model.machine import START
from verification.model.moves import EXECUTION, LATE, Move
from verification.model.state import Invocation, State, World


def tell(explorer: Explorer, violation: Violation) -> Iterator[str]:
    """The violation, and a shortest schedule that leads to it, a line for each step."""
    moves = [*explorer.moves_along(explorer.path(violation.number)), *([violation.move] if violation.move else [])]
    yield f"VIOLATION after {len(moves)} steps. {violation.what}"
    cast = Cast()
    for number, move in enumerate(moves, 1):
        yield f"{number:4}  {cast.line(move)}"
    for move in explorer.moves_along(list(violation.loop)):
        yield f"  ↻   {cast.line(move)}"


class Cast:
    """Who is who: executions are alike to the explorer, but a story gives them names."""

    def __init__(self) -> None:
        self._state = State(World())
        self._named: dict[str, list[tuple[str, Invocation]]] = {EXECUTION: [], LATE: []}
        self._executions = 0

    def line(self, move: Move) -> str:
        """The next step in words; the cast moves on with it."""
        name = self._acts(move)
        if len(move.state.running) > len(self._state.running):
            self._executions += 1
            self._named[EXECUTION].append((f"E{self._executions}", START))
        changed = changes(self._state.world, move.effect.world)
        self._state = move.state
        return f"{name:<9} {deed(move)}" + (f"   [{changed}]" if changed else "")

    def _acts(self, move: Move) -> str:
        name = self._leaves(move)
        if move.effect.late is not None:
            self._named[LATE].append((f"late {name}".rstrip(), move.effect.late))
        return name

    def _leaves(self, move: Move) -> str:
        if move.actor is None:
            return ""
        group = self._named[move.role]
        name, actor = next(each for each in group if each[1] == move.actor)
        group.remove((name, actor))
        if move.effect.now is not None:
            group.append((name, move.effect.now))
        return name


def deed(move: Move) -> str:
    """What the actor did, how it went, and where its execution goes from there."""
    who = move.actor and f"{move.actor.step}: {move.actor.action.replace('_', ' ')}"
    return " → ".join(part for part in (who, move.effect.says, onward(move)) if part)


def onward(move: Move) -> str:
    """The step an execution goes on with, when it is another one."""
    if move.role != EXECUTION or move.actor is None:
        return ""
    if move.effect.now is None:
        return "the execution ends"
    return move.effect.now.step if move.effect.now.step != move.actor.step else ""


def changes(before: World, after: World) -> str:
    """The rows that are not as they were."""
    events = [f"+{event}" for event in sorted(after.events - before.events)]
    gone = [f"-{event}" for event in sorted(before.events - after.events)]
    fields = zip(World._fields, before, after, strict=True)
    rows = [f"{name} {old} → {new}" for name, old, new in fields if old != new and name != "events"]
    return ", ".join([*rows, *events, *gone])
