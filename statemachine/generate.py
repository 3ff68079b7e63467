"""Write the definitions of the sagas: make definition. With --check: fail where a file is not as it would be written."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sagakit.saga import sagas
from statemachine.states import definition

HERE = Path(__file__).parent
WIDTH = 150  # characters of a line


def main() -> int:
    """Write or check every definition; 1 if one cannot be made, or is not as it should be."""
    try:
        texts = {HERE / f"{name}_saga.asl.json": pretty(definition(saga)) + "\n" for name, saga in sagas().items()}
    except ValueError as wrong:
        print(f"definition: {wrong}", file=sys.stderr)  # noqa: T201
        return 1
    if sys.argv[1:] != ["--check"]:
        for file, text in texts.items():
            file.write_text(text)
        return 0
    stale = [file.name for file, text in texts.items() if not file.exists() or file.read_text() != text]
    for name in stale:
        print(f"definition: statemachine/{name} is not what the table says; run make definition", file=sys.stderr)  # noqa: T201
    return 1 if stale else 0


def pretty(value: Any, indent: str = "") -> str:  # noqa: ANN401  any JSON value
    """Write JSON so that whatever fits stands on one line."""
    line = json.dumps(value)
    if not isinstance(value, dict | list) or len(indent) + len(line) <= WIDTH:
        return line
    deeper = f"{indent}  "
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"{deeper}{pretty(each, deeper)}" for each in value) + f"\n{indent}]"
    fields = (f"{deeper}{json.dumps(name)}: {pretty(each, deeper)}" for name, each in value.items())
    return "{\n" + ",\n".join(fields) + f"\n{indent}}}"


if __name__ == "__main__":
    sys.exit(main())
