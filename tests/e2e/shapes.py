"""The shape of a JSON answer: the names of fields and types of values that programs rely on."""

from typing import Any

DEEPEST = 3


def shape(value: Any, depth: int = 0) -> Any:
    """Return the type of a value, the merged shape of a list's elements, or the shape of each field of an object."""
    match value:
        case dict() if depth < DEEPEST:
            return {name: shape(each, depth + 1) for name, each in sorted(value.items())}
        case list() if depth < DEEPEST and value:
            return [_merged([shape(each, depth + 1) for each in value])]
        case None:
            return "null"
        case bool() | int() | float():
            return "bool" if isinstance(value, bool) else "number"
        case _:
            return type(value).__name__


def _merged(shapes: list[Any]) -> Any:
    if all(isinstance(each, dict) for each in shapes):
        names = sorted({name for each in shapes for name in each})
        return {name: _merged([each[name] for each in shapes if name in each]) for name in names}
    different = {str(each) if isinstance(each, dict | list) else each for each in shapes}
    return " | ".join(sorted(different)) if len(different) > 1 else shapes[0]
