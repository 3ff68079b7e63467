"""The template's conditions, decided wherever their value is known."""

from collections.abc import Mapping
from typing import Any

_NO_VALUE = {"Ref": "AWS::NoValue"}


def decide(value: Any, known: Mapping[str, bool]) -> Any:  # noqa: ANN401 - any part of a template
    """Return a part of a template for known values of conditions, without what they exclude.

    What exists under a condition needs no `Fn::If` with that condition inside.
    """
    match value:
        case {"Fn::If": [str(name), has, lacks]} if name in known:
            return decide(has if known[name] else lacks, known)
        case {"Fn::If": [str(name), has, lacks]}:
            return {"Fn::If": [name, decide(has, {**known, name: True}), decide(lacks, {**known, name: False})]}
        case dict():
            kept = {key: each for key, each in value.items() if known.get(_condition(each), True)}
            decided = {key: decide(each, {**known, _condition(each): True}) for key, each in kept.items()}
            return {key: each for key, each in decided.items() if each != _NO_VALUE}
        case list():
            return [each for old in value if (each := decide(old, known)) != _NO_VALUE]
    return value


def _condition(value: Any) -> str:  # noqa: ANN401
    """Return the condition under which a resource or an output exists, or an empty text."""
    match value:
        case {"Condition": str(name)}:
            return name
    return ""
