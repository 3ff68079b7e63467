"""DynamoDB's expressions, as far as the functions use them: conditions, key conditions and updates.

A condition comes apart at its outermost AND: each part is a guard of its own, with a text by which it can be named.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

type Value = Mapping[str, Any]  # as on the wire: {"S": "…"}, {"N": "…"}
type Item = dict[str, Any]
type Names = Mapping[str, str]
type Values = Mapping[str, Value]
type Test = Callable[[Item, Names, Values], bool]
type Operand = Callable[[Item, Names, Values], Value | None]
type Change = Callable[[Item, Item, Names, Values], None]

TOKEN = re.compile(r"\s*([#:]?\w+|<=|>=|<>|[=<>(),+-])")
WORDS = {"AND", "OR", "IN", "SET", "REMOVE", "ADD"}


class Invalid(Exception):
    """DynamoDB would answer ValidationException."""


@dataclass(frozen=True)
class Part:
    """One guard of a condition."""

    text: str
    holds: Test


@cache
def condition(expression: str) -> tuple[Part, ...]:
    """Read a condition as the parts that must all hold; none is no condition."""
    return _Reader(expression).conjunction() if expression else ()


@cache
def update(expression: str) -> Change:
    """Read an update: it fills in the new item from the old one."""
    changes = _Reader(expression).changes()

    def apply(old: Item, new: Item, names: Names, values: Values) -> None:
        for change in changes:
            change(old, new, names, values)

    return apply


def number(value: Value) -> Decimal:
    """Give a number on the wire its value."""
    return Decimal(value["N"])


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, expression: str) -> None:
        self._tokens = TOKEN.findall(expression)
        self._at = 0

    def conjunction(self) -> tuple[Part, ...]:
        parts = self._either()
        if self._at != len(self._tokens):
            raise NotImplementedError(f"in {self._tokens}: {self._peek()}")
        return tuple(parts)

    def changes(self) -> list[Change]:
        changes: list[Change] = []
        while self._at < len(self._tokens):
            clause = {"SET": self._set, "REMOVE": self._remove, "ADD": self._add}[self._next()]
            changes.append(clause())
            while self._accept(","):
                changes.append(clause())
        return changes

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        self._at += 1
        return str(self._tokens[self._at - 1])

    def _accept(self, token: str) -> bool:
        if self._peek() != token:
            return False
        self._at += 1
        return True

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            raise NotImplementedError(f"{self._peek()} instead of {token} in {self._tokens}")

    def _either(self) -> list[Part]:
        start = self._at
        sides = [self._all()]
        while self._accept("OR"):
            sides.append(self._all())
        if len(sides) == 1:
            return sides[0]
        return [Part(self._text(start), lambda *state: any(all(part.holds(*state) for part in side) for side in sides))]

    def _all(self) -> list[Part]:
        parts = self._term()
        while self._accept("AND"):
            parts += self._term()
        return parts

    def _term(self) -> list[Part]:
        if self._accept("("):
            inner = self._either()
            self._expect(")")
            return inner
        start = self._at
        test = self._test()
        return [Part(self._text(start), test)]

    def _text(self, start: int) -> str:
        return " ".join(self._tokens[start : self._at]).replace("( ", "(").replace(" )", ")").replace(" (", "(")

    def _test(self) -> Test:
        if (function := self._peek()) in ("attribute_exists", "attribute_not_exists"):
            self._next()
            self._expect("(")
            path = self._path()
            self._expect(")")
            wanted = function == "attribute_exists"
            return lambda item, names, _: (names.get(path, path) in item) == wanted
        left = self._operand()
        if self._accept("IN"):
            return self._in(left)
        return _comparison(left, self._next(), self._operand())

    def _in(self, left: Operand) -> Test:
        self._expect("(")
        options = [self._operand()]
        while self._accept(","):
            options.append(self._operand())
        self._expect(")")
        return lambda *state: any(left(*state) == option(*state) for option in options)

    def _path(self) -> str:
        return self._next()

    def _operand(self) -> Operand:
        token = self._next()
        if token in WORDS or not re.fullmatch(r"[#:]?\w+", token):
            raise NotImplementedError(f"{token} in {self._tokens}")
        if token.startswith(":"):
            return lambda _item, _names, values: values[token]
        return lambda item, names, _: item.get(names.get(token, token))

    def _set(self) -> Change:
        path = self._path()
        self._expect("=")
        operand = self._operand()
        if self._peek() in ("+", "-"):
            operand = _sum(operand, self._next(), self._operand())

        def change(old: Item, new: Item, names: Names, values: Values) -> None:
            value = operand(old, names, values)
            if value is None:
                raise Invalid(f"{path} is set to an attribute that is not there")
            new[names.get(path, path)] = value

        return change

    def _remove(self) -> Change:
        path = self._path()
        return lambda _old, new, names, _: new.pop(names.get(path, path), None)

    def _add(self) -> Change:
        path, token = self._path(), self._next()

        def change(old: Item, new: Item, names: Names, values: Values) -> None:
            before = old.get(names.get(path, path), {"N": "0"})
            new[names.get(path, path)] = {"N": str(number(before) + number(values[token]))}

        return change


def _comparison(left: Operand, operator: str, right: Operand) -> Test:
    def compare(*state: Any) -> bool:
        one, other = left(*state), right(*state)
        if one is None or other is None or one.keys() != other.keys():
            return False
        return _compared(operator, one, other)

    return compare


def _compared(operator: str, one: Value, other: Value) -> bool:
    (kind, a), (_, b) = *one.items(), *other.items()
    if kind == "N":
        a, b = Decimal(a), Decimal(b)
    return bool({"=": a == b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator])


def _sum(left: Operand, sign: str, right: Operand) -> Operand:
    def total(*state: Any) -> Value:
        one, other = left(*state), right(*state)
        if one is None or other is None:
            raise Invalid("a term of a sum is not there")
        return {"N": str(number(one) + (number(other) if sign == "+" else -number(other)))}

    return total
