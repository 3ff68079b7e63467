"""The part of DynamoDB's expression language that the functions use: conditions, key conditions and updates.

A condition is split at its outermost AND. Each part is one guard, and its text identifies it.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

type Value = Mapping[str, Any]  # in wire format: {"S": "…"}, {"N": "…"}
type Item = dict[str, Any]
type Names = Mapping[str, str]
type Values = Mapping[str, Value]
type Test = Callable[[Item, Names, Values], bool]
type Operand = Callable[[Item, Names, Values], Value | None]
type Change = Callable[[Item, Item, Names, Values], None]

TOKEN = re.compile(r"\s*([#:]?\w+|<=|>=|<>|[=<>(),+-])")
KEYWORDS = {"AND", "OR", "IN", "SET", "REMOVE", "ADD"}
COMPARISONS = {"=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
SIGNS = {"+": operator.add, "-": operator.sub}


class Invalid(Exception):
    """DynamoDB would answer with a ValidationException."""


@dataclass(frozen=True)
class Guard:
    """One guard of a condition."""

    text: str
    holds: Test


@cache
def condition(expression: str) -> tuple[Guard, ...]:
    """Parse a condition into the guards that must all hold."""
    return _Parser(expression).condition() if expression else ()


@cache
def update(expression: str) -> Change:
    """Parse an update into a function that fills in the new item from the old one."""
    changes = _Parser(expression).changes()

    def apply(old: Item, new: Item, names: Names, values: Values) -> None:
        for change in changes:
            change(old, new, names, values)

    return apply


def plain(value: Value) -> Any:
    """Return a value that can be compared: a number as a Decimal, anything else as it is."""
    ((kind, content),) = value.items()
    return Decimal(content) if kind == "N" else content


class _Parser:
    """A recursive descent parser."""

    def __init__(self, expression: str) -> None:
        self._tokens = TOKEN.findall(expression)
        self._at = 0

    def condition(self) -> tuple[Guard, ...]:
        guards = self._disjunction()
        if self._at != len(self._tokens):
            raise NotImplementedError(f"unexpected {self._peek()} in {self._tokens}")
        return tuple(guards)

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
        accepted = self._peek() == token
        self._at += accepted
        return accepted

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            raise NotImplementedError(f"expected {token} before {self._peek()} in {self._tokens}")

    def _text(self, start: int) -> str:
        return " ".join(self._tokens[start : self._at]).replace("( ", "(").replace(" )", ")").replace(" (", "(")

    def _disjunction(self) -> list[Guard]:
        start = self._at
        sides = [self._conjunction()]
        while self._accept("OR"):
            sides.append(self._conjunction())
        if len(sides) == 1:
            return sides[0]
        text = self._text(start)
        return [Guard(text, lambda *state: any(all(each.holds(*state) for each in side) for side in sides))]

    def _conjunction(self) -> list[Guard]:
        guards = self._term()
        while self._accept("AND"):
            guards += self._term()
        return guards

    def _term(self) -> list[Guard]:
        if self._accept("("):
            guards = self._disjunction()
            self._expect(")")
            return guards
        start, test = self._at, self._test()
        return [Guard(self._text(start), test)]

    def _test(self) -> Test:
        if self._peek() in ("attribute_exists", "attribute_not_exists"):
            wanted = self._next() == "attribute_exists"
            (path,) = self._list(self._next)
            return lambda item, names, _: (names.get(path, path) in item) == wanted
        left = self._operand()
        if self._accept("IN"):
            options = self._list(self._operand)
            return lambda *state: any(left(*state) == option(*state) for option in options)
        return _comparison(left, self._next(), self._operand())

    def _list[T](self, element: Callable[[], T]) -> list[T]:
        self._expect("(")
        elements = [element()]
        while self._accept(","):
            elements.append(element())
        self._expect(")")
        return elements

    def _operand(self) -> Operand:
        token = self._next()
        if token in KEYWORDS or not re.fullmatch(r"[#:]?\w+", token):
            raise NotImplementedError(f"{token} in {self._tokens}")
        if token.startswith(":"):
            return lambda _item, _names, values: values[token]
        return lambda item, names, _: item.get(names.get(token, token))

    def _set(self) -> Change:
        path = self._next()
        self._expect("=")
        operand = self._operand()
        if self._peek() in SIGNS:
            operand = _sum(operand, self._next(), self._operand())

        def change(old: Item, new: Item, names: Names, values: Values) -> None:
            new[names.get(path, path)] = _present(operand(old, names, values))

        return change

    def _remove(self) -> Change:
        path = self._next()
        return lambda _old, new, names, _: new.pop(names.get(path, path), None)

    def _add(self) -> Change:
        path, token = self._next(), self._next()

        def change(old: Item, new: Item, names: Names, values: Values) -> None:
            before = old.get(names.get(path, path), {"N": "0"})
            new[names.get(path, path)] = {"N": str(plain(before) + plain(values[token]))}

        return change


def _comparison(left: Operand, sign: str, right: Operand) -> Test:
    def compare(*state: Any) -> bool:
        one, other = left(*state), right(*state)
        if one is None or other is None or one.keys() != other.keys():
            return False
        return bool(COMPARISONS[sign](plain(one), plain(other)))

    return compare


def _sum(left: Operand, sign: str, right: Operand) -> Operand:
    return lambda *state: {"N": str(SIGNS[sign](plain(_present(left(*state))), plain(_present(right(*state)))))}


def _present(value: Value | None) -> Value:
    if value is None:
        raise Invalid("an update reads a missing attribute")
    return value
