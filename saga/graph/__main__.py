"""Draw the definition of a state machine: `python -m saga.graph FILE.asl.json -o out.svg`."""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console

from saga.graph import DefinitionError
from saga.graph.formats import SUFFIXES, FontError, draw
from saga.graph.terminal import to_text


def main(arguments: list[str]) -> None:
    """Draw a file. Exit with 2 and one line if it cannot be read, drawn or written."""
    parser = argparse.ArgumentParser("saga.graph", description="Draw a state machine.")
    parser.add_argument("file", type=Path, help="definition in Amazon States Language, as JSON")
    parser.add_argument("-o", dest="output", type=Path, help=f"file to write: {', '.join(SUFFIXES)}")
    chosen = parser.parse_args(arguments)
    file, output = chosen.file, chosen.output
    if output and output.suffix not in SUFFIXES:
        parser.exit(2, f"Unknown suffix of {output}: expected {', '.join(SUFFIXES)}\n")
    try:
        definition = json.loads(file.read_text(encoding="utf-8"))
        if output:
            output.write_bytes(draw(SUFFIXES[output.suffix], definition))
        else:
            Console().print(to_text(definition))
    except OSError as error:
        parser.exit(2, f"{error.filename}: {error.strerror}\n")
    except (UnicodeDecodeError, json.JSONDecodeError, DefinitionError, FontError) as error:
        parser.exit(2, f"{file}: {error}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
