"""Draws the rooms of both code bases and their imports: python scripts/packages.py [PAGE [--check]].

With a page, it writes the drawings into it; with --check, it fails if they are out of date.

A room is a package, or a module beside the packages. It stands one floor above the highest room that it imports, so
every arrow points down. Rooms that import each other in a circle are an error.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import groupby
from pathlib import Path

import grimp

from scripts.page import with_block


@dataclass(frozen=True)
class House:
    """The rooms of some packages: by name, the rooms that each of them imports, and its lines."""

    name: str
    imports: Mapping[str, set[str]]
    lines: Mapping[str, int]

    @cached_property
    def floors(self) -> dict[str, int]:
        """The floor of each room; the lowest is 1.

        Raises:
            CycleError: rooms import each other in a circle.
        """
        floors: dict[str, int] = {}
        for room in TopologicalSorter(self.imports).static_order():
            floors[room] = 1 + max((floors[below] for below in self.imports[room]), default=0)
        return floors

    @property
    def summary(self) -> str:
        """Rooms, floors and arrows, counted."""
        arrows = sum(map(len, self.imports.values()))
        floors = max(self.floors.values())
        return f"{self.name}: {len(self.imports)} rooms on {floors} floors, {arrows} arrows, all down"

    def text(self) -> str:
        """Return the floors from the top down, for a terminal."""
        rows = [f"{floor:>3}  {', '.join(self._label(room) for room in rooms)}" for floor, rooms in self._by_floor()]
        return "\n".join([self.summary, *rows])

    def mermaid(self) -> str:
        """Return a flowchart. An arrow is left out where a longer way through other rooms shows it already."""
        floors = [
            f"  subgraph {self.name}{floor}[floor {floor}]\n    {' ~~~ '.join(rooms)}\n  end"
            for floor, rooms in self._by_floor()
        ]
        arrows = [f"  {room} --> {below}" for room in sorted(self.imports) for below in sorted(self._direct(room))]
        return "\n".join(["```mermaid", "flowchart TD", *floors, *arrows, "```"])

    def _by_floor(self) -> list[tuple[int, list[str]]]:
        rooms = sorted(self.imports, key=lambda room: (-self.floors[room], room))
        return [(floor, list(group)) for floor, group in groupby(rooms, key=self.floors.__getitem__)]

    def _label(self, room: str) -> str:
        return f"{room} ({self.lines[room]})"

    def _direct(self, room: str) -> set[str]:
        return {below for below in self.imports[room] if not self._reach(self.imports[room] - {below}, below)}

    def _reach(self, rooms: Iterable[str], goal: str) -> bool:
        return any(goal in self.imports[room] or self._reach(self.imports[room], goal) for room in rooms)


def read(name: str, packages: Iterable[str]) -> House:
    """Read the rooms of `packages`: the children of the only one, or the packages themselves if there are several."""
    graph = grimp.build_graph(*packages)
    roots = sorted(packages)
    rooms = sorted(graph.find_children(roots[0])) if len(roots) == 1 else roots
    imports = {room: {below for below in rooms if below != room and _imports(graph, room, below)} for room in rooms}
    short = {room: room.rpartition(".")[2].strip("_") for room in rooms}
    lines = {short[room]: sum(_lines(module) for module in {room, *graph.find_descendants(room)}) for room in rooms}
    return House(name, {short[room]: {short[each] for each in below} for room, below in imports.items()}, lines)


def _imports(graph: grimp.ImportGraph, room: str, below: str) -> bool:
    return graph.direct_import_exists(importer=room, imported=below, as_packages=True)


def _lines(module: str) -> int:
    for folder in sys.path:
        stem = Path(folder, *module.split("."))
        for file in (stem.with_suffix(".py"), stem / "__init__.py"):
            if file.exists():
                return len(file.read_text().splitlines())
    return 0


HOUSES = {"saga": ["saga"], "functions": ["sagakit", "order", "inventory", "payment"]}


def main(page: Path | None, *, check: bool) -> int:
    """Print the drawings. With a page, write them between its marks, or check that they are there."""
    try:
        houses = [read(name, packages) for name, packages in HOUSES.items()]
        print("\n\n".join(house.summary if check else house.text() for house in houses))
    except CycleError as error:
        print(f"packages: rooms import each other in a circle: {' -> '.join(error.args[1])}", file=sys.stderr)
        return 1
    if page is None:
        return 0
    before = text = page.read_text()
    for house in houses:
        text = with_block(text, f"packages: {house.name}", f"{house.summary}.\n\n{house.mermaid()}\n")
    if check and text != before:
        print(f"packages: {page} is out of date; run: make packages", file=sys.stderr)
        return 1
    page.write_text(text)
    return 0


if __name__ == "__main__":
    arguments = sys.argv[1:]
    pages = [Path(each) for each in arguments if not each.startswith("--")]
    sys.exit(main(pages[0] if pages else None, check="--check" in arguments))
