"""The shape that a JSON value must have, written as an example of types, and a check that says where it has not."""

import math
from collections.abc import Mapping
from typing import Any

type Json = Any

# A type; None; a frozenset of values; a tuple of alternatives; [shape] for a list; {"name": shape, "other?": shape} for
# an object, which may have other fields. `object` is anything.
type Shape = Any


class Misshapen(ValueError):
    """The text says which value has the wrong shape."""


def check(value: Json, shape: Shape, where: str) -> None:
    """Raises Misshapen, naming the first value that does not have its shape."""
    match shape:
        case tuple():
            _any_of(value, shape, where)
        case frozenset():
            _expect(isinstance(value, str) and value in shape, where)
        case {}:
            _object(value, shape, where)
        case [element]:
            _list(value, element, where)
        case None:
            _expect(value is None, where)
        case _:
            _expect(_is_a(value, shape), where)


def _any_of(value: Json, shapes: tuple[Shape, ...], where: str) -> None:
    for shape in shapes[:-1]:
        try:
            return check(value, shape, where)
        except Misshapen:
            continue
    return check(value, shapes[-1], where)


def _object(value: Json, shape: Mapping[str, Shape], where: str) -> None:
    _expect(isinstance(value, dict), where)
    for field, its_shape in shape.items():
        name = field.removesuffix("?")
        if name in value:
            check(value[name], its_shape, f"{where}.{name}")
        else:
            _expect(field.endswith("?"), f"{where}.{name}")


def _list(value: Json, element: Shape, where: str) -> None:
    _expect(isinstance(value, list), where)
    for index, each in enumerate(value):
        check(each, element, f"{where}[{index}]")


def _is_a(value: Json, kind: type) -> bool:
    """Whether it is of that type; to JSON a truth value is no number, and what is too large for one is none either."""
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, kind) and (kind in (bool, object) or not isinstance(value, bool))


def _expect(fulfilled: bool, where: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not fulfilled:
        raise Misshapen(f"{where} is missing or not as it should be")
