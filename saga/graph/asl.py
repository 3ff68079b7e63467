"""States and transitions of a state machine, read from its ASL definition.

A drawing of a saga that queues coordinate has one field more: the `Queue` that carries a message to a state.
"""

import json
from collections.abc import Iterator, Mapping
from textwrap import shorten, wrap
from typing import NamedTuple

_LABEL_WIDTH = 24
_CONDITION_WIDTH = 60
_TYPES = {"Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"}
_ENDS = ("Succeed", "Fail")
_NO_BREAK = "\N{NO-BREAK SPACE}"


class DefinitionError(ValueError):
    """The definition isn't a state machine that can be drawn."""


class Edge(NamedTuple):
    """A transition between two states, with the conditions or errors that lead to it. `catch` is one after errors."""

    source: str
    target: str
    reasons: tuple[str, ...] = ()
    catch: bool = False

    @property
    def label(self) -> list[str]:
        """The lines of its label, wrapped between words."""
        lines = wrap(", ".join(self.reasons), _LABEL_WIDTH, break_long_words=False, break_on_hyphens=False)
        return [line.replace(_NO_BREAK, " ") for line in lines]


class Machine(NamedTuple):
    """The top level of a state machine: the type of each state, and the edges in the order of the definition.

    `ends` are the states that may end an execution.
    """

    start: str
    types: dict[str, str]
    edges: tuple[Edge, ...]
    ends: frozenset[str]

    def label(self, state: str) -> str:
        """Return the type of a state, and whether it is an end although its type does not say so."""
        kind = self.types[state]
        return f"{kind} (end)" if state in self.ends and kind not in _ENDS else kind


def parse(definition: Mapping[str, object]) -> Machine:
    """Read a definition.

    Raises:
        DefinitionError: a field is missing, or a transition leads to no state.
    """
    states = _field(definition, "States", dict, "the state machine")
    start = _field(definition, "StartAt", str, "the state machine")
    if not all(map(_is_text, states)):
        raise DefinitionError("a state's name is not plain text")
    types = {name: _field(_field(states, name, dict, "States"), "Type", str, name) for name in states}
    if unknown := [name for name, kind in types.items() if kind not in _TYPES]:
        raise DefinitionError(f"{unknown[0]} has the unknown Type {types[unknown[0]]}")
    edges = tuple(edge for name in types for edge in _merged(name, _edges(name, states[name])))
    for source, target in [("StartAt", start), *((edge.source, edge.target) for edge in edges)]:
        if target not in types:
            raise DefinitionError(f"{source} leads to {target}, which is not a state")
    ends = frozenset(name for name, kind in types.items() if kind in _ENDS or states[name].get("End") is True)
    return Machine(start, types, tuple(_carried(edge, states) for edge in edges), ends)


def _field[T](parent: object, key: str, kind: type[T], where: str) -> T:
    value = parent.get(key) if isinstance(parent, Mapping) else None
    if not isinstance(value, kind) or (isinstance(value, str) and not _is_text(value)):
        raise DefinitionError(f"{where} has no valid {key}")
    return value


def _is_text(value: object) -> bool:
    """Return whether a value can be printed as it is: neither XML nor a terminal takes control characters."""
    return isinstance(value, str) and bool(value) and value.isprintable()


def _edges(name: str, state: Mapping[str, object]) -> Iterator[Edge]:
    if "Next" in state:
        yield Edge(name, _field(state, "Next", str, name))
    for rule in _field(state, "Choices", list, name) if "Choices" in state else ():
        yield Edge(name, _field(rule, "Next", str, f"a choice of {name}"), (_condition(rule),))
    if "Default" in state:
        yield Edge(name, _field(state, "Default", str, name), ("otherwise",))
    for catch in _field(state, "Catch", list, name) if "Catch" in state else ():
        where = f"a catch of {name}"
        errors = _field(catch, "ErrorEquals", list, where)
        yield Edge(name, _field(catch, "Next", str, where), tuple(map(_error, errors)), catch=True)


def _carried(edge: Edge, states: Mapping[str, Mapping[str, object]]) -> Edge:
    """Return the edge with the queue that carries a message along it, unless its source has it from the same queue."""
    before, queue = (states[name].get("Queue") for name in (edge.source, edge.target))
    reasons = () if queue in (None, before) else (f"via{_NO_BREAK}{_printable(str(queue))}",)
    return edge._replace(reasons=edge.reasons + reasons)


def _error(name: object) -> str:
    return f"any{_NO_BREAK}error" if name == "States.ALL" else _printable(str(name))


def _condition(rule: Mapping[str, object]) -> str:
    operator = next((key for key in rule if key not in {"Variable", "Next", "Comment", "Assign", "Output"}), "")
    value = rule.get(operator)
    if operator == "Condition":
        test = str(value).removeprefix("{%").removesuffix("%}")
    else:
        test = f"{rule.get('Variable', '')} {operator} {json.dumps(value)}"
    return shorten(_printable(str(rule.get("Comment", test))), _CONDITION_WIDTH, placeholder="…")


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _merged(source: str, edges: Iterator[Edge]) -> Iterator[Edge]:
    """Merge edges of the same kind to the same state into one that has all their reasons."""
    joined: dict[tuple[str, bool], tuple[str, ...]] = {}
    for edge in edges:
        joined[edge.target, edge.catch] = joined.get((edge.target, edge.catch), ()) + edge.reasons
    for (target, catch), reasons in joined.items():
        yield Edge(source, target, reasons, catch)
