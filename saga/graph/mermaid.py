"""The drawing as a Mermaid flowchart, for pages that render Mermaid."""

from collections.abc import Iterator, Mapping

from saga.graph.asl import Edge, Machine, parse
from saga.graph.outcome import StateStatus, Statuses, state_status
from saga.graph.theme import LIGHT


def to_mermaid(definition: Mapping[str, object], statuses: Statuses = None) -> str:
    """Return a state machine as a flowchart.

    Raises:
        DefinitionError: the definition cannot be drawn.
    """
    machine = parse(definition)
    ids = {name: f"s{index}" for index, name in enumerate(machine.types)}
    lines = [f"start(( )) --> {ids[machine.start]}", *_nodes(machine, ids, statuses)]
    lines += [f"{ids[edge.source]} {_arrow(edge)} {ids[edge.target]}" for edge in machine.edges]
    lines += [f"style {ids[name]} {_style(status)}" for name in ids if (status := state_status(name, statuses))]
    return "\n    ".join(["flowchart TD", *lines]) + "\n"


def _nodes(machine: Machine, ids: dict[str, str], statuses: Statuses) -> Iterator[str]:
    for name in machine.types:
        opening, closing = ("([", "])") if name in machine.ends else ("[", "]")
        status = state_status(name, statuses)
        text = f"{status.outcome.glyph} {status.text}" if status else machine.label(name)
        yield f'{ids[name]}{opening}"{_escaped(name)}<br/>{text}"{closing}'


def _arrow(edge: Edge) -> str:
    line = "-.->" if edge.catch else "-->"
    return f'{line}|"{_escaped(" ".join(edge.label))}"|' if edge.reasons else line


def _style(status: StateStatus) -> str:
    return "fill:{},stroke:{},color:{}".format(*LIGHT[status.outcome.slug])


def _escaped(text: str) -> str:
    """Escape the special characters of Mermaid and HTML, as numeric entities in Mermaid's notation."""
    return "".join(f"#{ord(character)};" if character in '#&<>"`|' else character for character in text)
