"""The drawing as a Mermaid flowchart, for pages that render Mermaid."""

from collections.abc import Iterator, Mapping

from saga.graph.asl import Edge, Kind, Machine, parse
from saga.graph.status import Statuses, status_of
from saga.graph.theme import LIGHT


def to_mermaid(definition: Mapping[str, object], statuses: Statuses = None) -> str:
    """Write a state machine as a flowchart. Raises DefinitionError."""
    machine = parse(definition)
    ids = {name: f"s{index}" for index, name in enumerate(machine.types)}
    lines = [f"start(( )) --> {ids[machine.start]}", *_nodes(machine, ids, statuses)]
    lines += [f"{ids[edge.source]} {_arrow(edge)} {ids[edge.target]}" for edge in machine.edges]
    return "\n    ".join(["flowchart TD", *lines, *_classes(ids, statuses)]) + "\n"


def _nodes(machine: Machine, ids: dict[str, str], statuses: Statuses) -> Iterator[str]:
    for name, kind in machine.types.items():
        opening, closing = ("([", "])") if kind in {"Succeed", "Fail"} else ("[", "]")
        status = status_of(name, statuses)
        words = f"{status.outcome.glyph} {status.words}" if status else kind
        yield f'{ids[name]}{opening}"{_escaped(name)}<br/>{words}"{closing}'


def _arrow(edge: Edge) -> str:
    line = "-.->" if edge.kind is Kind.CATCH else "-->"
    return f'{line}|"{_escaped(" ".join(edge.lines))}"|' if edge.reasons else line


def _classes(ids: dict[str, str], statuses: Statuses) -> Iterator[str]:
    for name, node in ids.items():
        if status := status_of(name, statuses):
            fill, border, text = LIGHT[status.outcome.slug]
            yield f"style {node} fill:{fill},stroke:{border},color:{text}"


def _escaped(text: str) -> str:
    """Write what has a meaning in Mermaid or HTML as numeric entities, in Mermaid's notation."""
    return "".join(f"#{ord(character)};" if character in '#&<>"`|' else character for character in text)
