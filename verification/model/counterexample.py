"""A violation's counterexample as text: each actor, its action, and the rows that changed."""

from collections.abc import Iterator

from verification.model.explore import Explorer, Violation
from verification.model.flow import START
from verification.model.state import Invocation, State, World
from verification.model.transitions import EXECUTION, LATE, Transition


def describe(explorer: Explorer, violation: Violation) -> Iterator[str]:
    """Yield the violation and a shortest schedule that leads to it, one line per step."""
    last = [violation.transition] if violation.transition else []
    schedule = [*explorer.transitions_along(explorer.path(violation.number)), *last]
    yield f"VIOLATION after {len(schedule)} steps. {violation.message}"
    narrator = Narrator()
    for number, transition in enumerate(schedule, 1):
        yield f"{number:4}  {narrator.line(transition)}"
    for transition in explorer.transitions_along(list(violation.loop)):
        yield f"  ↻   {narrator.line(transition)}"


class Narrator:
    """Names executions, which the explorer treats as interchangeable."""

    def __init__(self) -> None:
        self._state = State(World())
        self._actors: dict[str, list[tuple[str, Invocation]]] = {EXECUTION: [], LATE: []}
        self._executions = 0

    def line(self, transition: Transition) -> str:
        """Return the next step as text, and follow its actors."""
        name = self._actor_name(transition)
        if len(transition.state.running) > len(self._state.running):
            self._executions += 1
            self._actors[EXECUTION].append((f"E{self._executions}", START))
        changed = changes(self._state.world, transition.effect.world)
        self._state = transition.state
        return f"{name:<9} {describe_action(transition)}" + (f"   [{changed}]" if changed else "")

    def _actor_name(self, transition: Transition) -> str:
        name = self._replace_actor(transition)
        if transition.effect.late is not None:
            self._actors[LATE].append((f"late {name}".rstrip(), transition.effect.late))
        return name

    def _replace_actor(self, transition: Transition) -> str:
        if transition.actor is None:
            return ""
        group = self._actors[transition.role]
        name, actor = next(each for each in group if each[1] == transition.actor)
        group.remove((name, actor))
        if transition.effect.successor is not None:
            group.append((name, transition.effect.successor))
        return name


def describe_action(transition: Transition) -> str:
    """Return what the actor did, its result, and the step that follows."""
    action = transition.actor and f"{transition.actor.step}: {transition.actor.action.replace('_', ' ')}"
    return " → ".join(part for part in (action, transition.effect.label, next_step(transition)) if part)


def next_step(transition: Transition) -> str:
    """Return the step that an execution goes on with, if it is another one."""
    actor, successor = transition.actor, transition.effect.successor
    if transition.role != EXECUTION or actor is None:
        return ""
    if successor is None:
        return "the execution ends"
    return successor.step if successor.step != actor.step else ""


def changes(before: World, after: World) -> str:
    """Return the rows that have changed."""
    events = [f"+{event}" for event in sorted(after.events - before.events)]
    removed = [f"-{event}" for event in sorted(before.events - after.events)]
    fields = zip(World._fields, before, after, strict=True)
    rows = [f"{name} {old} → {new}" for name, old, new in fields if old != new and name != "events"]
    return ", ".join([*rows, *events, *removed])
