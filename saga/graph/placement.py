"""The cell of each state in a grid. A chain of states stays in one column."""

from saga.graph.asl import Machine

type Cell = tuple[int, int]  # column, row


def place(machine: Machine) -> dict[str, Cell]:
    """Return a cell for each state. The chain from the start is in the first column."""
    cells: dict[str, Cell] = {}
    for name in _breadth_first(machine):
        if name not in cells:
            _place_chain(_chain(machine, name, cells), machine, cells)
    return cells


def _breadth_first(machine: Machine) -> list[str]:
    order = [machine.start]
    for name in order:  # it grows
        order += [edge.target for edge in machine.edges if edge.source == name and edge.target not in order]
    return [*order, *machine.types]


def _chain(machine: Machine, name: str, cells: dict[str, Cell]) -> list[str]:
    """Return the states without a cell that normally follow each other. After a choice comes its default."""
    chain = [name]
    while True:
        targets = [edge.target for edge in machine.edges if edge.source == chain[-1] and not edge.catch]
        if not targets or targets[-1] in {*chain, *cells}:
            return chain
        chain.append(targets[-1])


def _place_chain(chain: list[str], machine: Machine, cells: dict[str, Cell]) -> None:
    sources = [cells[edge.source] for edge in machine.edges if edge.target == chain[0] and edge.source in cells]
    column, top = (1 + max((source[axis] for source in sources), default=-1) for axis in (0, 1))
    taken = set(cells.values())
    # The cell above stays free too, for the lines that arrive there.
    while any((column, row) in taken for row in range(top - 1, top + len(chain))):
        column += 1
    cells.update({name: (column, top + index) for index, name in enumerate(chain)})
