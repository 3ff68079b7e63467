"""The cell of each state in a grid: what follows straight on stays in one column."""

from collections import deque

from saga.graph.asl import Kind, Machine

type Cell = tuple[int, int]  # column, row


def place(machine: Machine) -> dict[str, Cell]:
    """Give each state its own cell, the chain from the start in the first column."""
    cells: dict[str, Cell] = {}
    for name in _breadth_first(machine):
        if name not in cells:
            _place_chain(_chain(machine, name, cells), machine, cells)
    return cells


def _breadth_first(machine: Machine) -> list[str]:
    order: dict[str, None] = {}
    queue = deque([machine.start])
    while queue:
        name = queue.popleft()
        if name not in order:
            order[name] = None
            queue.extend(edge.target for edge in machine.edges if edge.source == name)
    return list(order | dict.fromkeys(machine.types))


def _chain(machine: Machine, name: str, cells: dict[str, Cell]) -> list[str]:
    chain: list[str] = []
    following: str | None = name
    while following is not None and following not in chain and following not in cells:
        chain.append(following)
        following = _successor(machine, following)
    return chain


def _successor(machine: Machine, name: str) -> str | None:
    """Return the state that follows when nothing is out of the ordinary; of a choice, the default."""
    edges = [edge for edge in machine.edges if edge.source == name and edge.kind is not Kind.CATCH]
    return edges[-1].target if edges else None


def _place_chain(chain: list[str], machine: Machine, cells: dict[str, Cell]) -> None:
    sources = [cells[edge.source] for edge in machine.edges if edge.target == chain[0] and edge.source in cells]
    column, top = (1 + max((source[axis] for source in sources), default=-1) for axis in (0, 1))
    taken = set(cells.values())
    # The cell above stays free too: lines come in from there.
    while any((column, row) in taken for row in range(top - 1, top + len(chain))):
        column += 1
    cells.update({name: (column, top + index) for index, name in enumerate(chain)})
