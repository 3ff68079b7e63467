"""States and transitions of a state machine, read from its ASL definition."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from textwrap import shorten, wrap

_LABEL_WIDTH = 24
_CONDITION_WIDTH = 60
_TYPES = {"Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"}
_NO_BREAK = "\N{NO-BREAK SPACE}"


class DefinitionError(ValueError):
    """The definition is not a state machine that can be drawn; the text says where it breaks."""


class Kind(StrEnum):
    """Why a transition is taken."""

    NEXT = "next"
    CHOICE = "choice"
    CATCH = "catch"


@dataclass(frozen=True, slots=True)
class Edge:
    """A transition between two states, with the conditions or errors that lead to it."""

    source: str
    target: str
    kind: Kind
    reasons: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """Return the label, wrapped between words."""
        text = ", ".join(self.reasons)
        lines = wrap(text, _LABEL_WIDTH, break_long_words=False, break_on_hyphens=False)
        return [line.replace(_NO_BREAK, " ") for line in lines]


@dataclass(frozen=True, slots=True)
class Machine:
    """The top level of a state machine: the type of each state, and the edges in the order of the definition."""

    start: str
    types: dict[str, str]
    edges: tuple[Edge, ...]


def parse(definition: Mapping[str, object]) -> Machine:
    """Read a definition. Raises DefinitionError where a field is missing or a target is no state."""
    states = _field(definition, "States", dict, "the state machine")
    start = _field(definition, "StartAt", str, "the state machine")
    if not all(map(_is_text, states)):
        raise DefinitionError("a state's name is not plain text")
    types = {name: _type(name, _field(states, name, dict, "States")) for name in states}
    edges = tuple(edge for name in types for edge in _merged(name, _edges(name, states[name])))
    for source, target in [("StartAt", start), *((edge.source, edge.target) for edge in edges)]:
        if target not in types:
            raise DefinitionError(f"{source} leads to {target}, which is not a state")
    return Machine(start, types, edges)


def _type(name: str, state: Mapping[str, object]) -> str:
    kind = _field(state, "Type", str, name)
    if kind not in _TYPES:
        raise DefinitionError(f"{name} has the unknown Type {kind}")
    return kind


def _field[T](parent: object, key: str, kind: type[T], where: str) -> T:
    value = parent.get(key) if isinstance(parent, Mapping) else None
    if not isinstance(value, kind) or (isinstance(value, str) and not _is_text(value)):
        raise DefinitionError(f"{where} has no valid {key}")
    return value


def _is_text(value: object) -> bool:
    """Tell whether a value can be shown as it is: control characters have no place in XML, nor on a terminal."""
    return isinstance(value, str) and bool(value) and value.isprintable()


def _edges(name: str, state: Mapping[str, object]) -> Iterator[Edge]:
    if "Next" in state:
        yield Edge(name, _field(state, "Next", str, name), Kind.NEXT)
    for rule in _field(state, "Choices", list, name) if "Choices" in state else ():
        yield Edge(name, _field(rule, "Next", str, f"a choice of {name}"), Kind.CHOICE, (_condition(rule),))
    if "Default" in state:
        yield Edge(name, _field(state, "Default", str, name), Kind.CHOICE, ("otherwise",))
    for catch in _field(state, "Catch", list, name) if "Catch" in state else ():
        where = f"a catch of {name}"
        errors = _field(catch, "ErrorEquals", list, where)
        yield Edge(name, _field(catch, "Next", str, where), Kind.CATCH, tuple(map(_error, errors)))


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
    """Join what leads to the same state for the same kind of reason: one line is drawn, with all reasons."""
    joined: dict[tuple[str, Kind], tuple[str, ...]] = {}
    for edge in edges:
        joined[edge.target, edge.kind] = joined.get((edge.target, edge.kind), ()) + edge.reasons
    for (target, kind), reasons in joined.items():
        yield Edge(source, target, kind, reasons)
