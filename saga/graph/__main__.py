"""Draw a state machine's definition: `python -m saga.graph FILE.asl.json -o out.svg`."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path

from rich.console import Console

from saga.graph import DefinitionError, FontError, render, to_mermaid, to_png, to_text

_FAILED = 2
_WIDEST = 10_000  # a file has room for the drawing, so it is never a list


def _plain(definition: Mapping[str, object]) -> bytes:
    text = StringIO()
    Console(file=text, width=_WIDEST).print(to_text(definition))
    return text.getvalue().encode()


_WRITERS: dict[str, Callable[[Mapping[str, object]], bytes]] = {
    ".svg": lambda definition: render(definition).encode(),
    ".png": lambda definition: to_png(render(definition)),
    ".mmd": lambda definition: to_mermaid(definition).encode(),
    ".txt": _plain,
}


def main(arguments: list[str]) -> None:
    """Draw as the arguments say. Exits with 2 and one line where a file cannot be read, drawn or written."""
    parser = argparse.ArgumentParser("saga.graph", description="Draw a state machine.")
    parser.add_argument("file", type=Path, help="definition in Amazon States Language, as JSON")
    parser.add_argument("-o", dest="output", type=Path, help=f"picture to write: {', '.join(_WRITERS)}")
    chosen = parser.parse_args(arguments)
    if chosen.output and chosen.output.suffix not in _WRITERS:
        parser.exit(_FAILED, f"{chosen.output}: the ending is none of {', '.join(_WRITERS)}\n")
    try:
        _draw(json.loads(chosen.file.read_text(encoding="utf-8")), chosen.output)
    except OSError as error:
        parser.exit(_FAILED, f"{error.filename}: {error.strerror}\n")
    except (UnicodeDecodeError, json.JSONDecodeError, DefinitionError, FontError) as error:
        parser.exit(_FAILED, f"{chosen.file}: {error}\n")


def _draw(definition: Mapping[str, object], output: Path | None) -> None:
    if output is None:
        Console().print(to_text(definition))
    else:
        output.write_bytes(_WRITERS[output.suffix](definition))


if __name__ == "__main__":
    main(sys.argv[1:])
