"""What is drawn for one run: who wants what, what may go wrong, and when the run leaves its usual course.

Everything comes from one function, `pick(n)`, which gives a number below n. All zeros is a run in which nothing goes
wrong, so that a schedule shrinks towards it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from payment.behaviour import BEHAVIOURS
from verification.simulator.sites import SITES
from verification.simulator.table import STEPS

type Pick = Callable[[int], int]
type Ambush = tuple[str, int, str, int]  # where, how many pass unharmed, what strikes, and in which of its ways

TOKENS = tuple(BEHAVIOURS)
STOCK = 3
STARTS = (1, 40, 90, 200)  # calls before the first deviation, at most
REACHES = (12, 3, 30, 60)  # calls between one deviation and the next, at most
DEVIATIONS = (0, 3, 8, 16, 32)
BUDGETS = (0, 1, 3, 6, 12)
SKEWS = (0, 5, 2_000)  # milliseconds
BASKETS = (("monitor",), ("monitor", "laptop"), ("monitor", "monitor"))
WAYS = 14  # of a move: as many as two orders have steps
PAGES = (1000, 1)  # rows that a query gives at a time
# What makes a participant refuse, by the event of its no; a step whose noes stand not here refuses at will.
NO: Mapping[str, Mapping[str, Any]] = {
    "InventoryRejected": {"quantities": (STOCK + 1,)},
    "PaymentDeclined": {"tokens": ("pm_declined",)},
}
WILFUL = [step for step in STEPS if not NO.keys() >= set(step.refusals.values())]
WHIMS = (0, 1, 2) if WILFUL else (0,)
DEATHS = 60  # executions that die of themselves, where any do: more than recovery tries


@dataclass(frozen=True)
class Wish:
    """An order that a customer wants to place; without a key every request is an order of its own."""

    customer: str
    key: str
    token: str
    quantity: int
    products: tuple[str, ...]

    def __str__(self) -> str:
        key = f" under {self.key}" if self.key else ""
        return f"{self.customer} orders {self.quantity} of {' and '.join(self.products)} with {self.token}{key}"


@dataclass(frozen=True)
class Focus:
    """What to look for: narrows what is drawn. Of `moves` a part is made, `always` is made in any case."""

    tokens: Sequence[str] = TOKENS
    faults: Sequence[str] = ()
    moves: Sequence[str] = ()
    orders: Sequence[int] = (1, 2)
    express: Sequence[bool] = (False, True)
    relay_down: Sequence[bool] = (False, False, False, True)
    starts: Sequence[int] = STARTS
    deaths: Sequence[int] = (0,)
    sites: Sequence[str] = SITES
    quantities: Sequence[int] = (1, 2, STOCK, STOCK + 1)
    ambushes: Sequence[int] = (0, 1, 2, 3)
    deviations: Sequence[int] = DEVIATIONS
    budgets: Sequence[int] = BUDGETS
    skews: Sequence[int] = SKEWS
    whims: Sequence[int] = WHIMS
    always: Sequence[str] = ()


@dataclass(frozen=True)
class Plan:
    """What is settled before a run begins."""

    wishes: tuple[Wish, ...]
    express: bool
    relay_down: bool
    again: bool  # whether everything is called once more when all is over
    skew: int
    first: int  # whether the first clock is behind, right or ahead; the next one is the next of these
    page: int
    deaths: int
    whim: int  # at which time of being asked a wilful step first says no; 0 is never
    faults: frozenset[str]
    moves: frozenset[str]
    budget: int
    ambushes: tuple[Ambush, ...]
    deviations: int
    start: int
    reach: int
    pick: Pick = field(repr=False)

    def __str__(self) -> str:
        odd = {
            "executions are EXPRESS": self.express,
            "the relay is down": self.relay_down,
            f"clocks are wrong by {self.skew} ms": self.skew,
            f"queries give {self.page} row at a time": self.page != PAGES[0],
            f"{self.deaths} executions die": self.deaths,
            f"wilful steps say no every other time, first the {self.whim}.": self.whim,
        }
        return "; ".join([*map(str, self.wishes), *(what for what, so in odd.items() if so)])


def plan(pick: Pick, themes: Sequence[Focus]) -> Plan:
    """Draw what is settled before a run begins."""
    focus = one_of(pick, themes)
    return Plan(
        wishes=tuple(_wish(pick, n, focus) for n in range(one_of(pick, focus.orders))),
        express=one_of(pick, focus.express),
        relay_down=one_of(pick, focus.relay_down),
        again=pick(4) == 1,
        skew=one_of(pick, focus.skews),
        first=pick(3),
        page=one_of(pick, PAGES),
        deaths=one_of(pick, focus.deaths),
        whim=one_of(pick, focus.whims),
        faults=_some(pick, focus.faults),
        moves=_some(pick, focus.moves) | frozenset(focus.always),
        budget=one_of(pick, focus.budgets),
        ambushes=tuple(_ambushes(pick, focus)),
        deviations=one_of(pick, focus.deviations),
        start=pick(one_of(pick, focus.starts)),
        reach=one_of(pick, REACHES),
        pick=pick,
    )


def one_of[T](pick: Pick, options: Sequence[T]) -> T:
    """Choose."""
    return options[pick(len(options))]


def _some(pick: Pick, options: Sequence[str]) -> frozenset[str]:
    """Choose a part of what there is: what is left out cannot crowd out the rest."""
    mask = pick(2 ** len(options))
    return frozenset(option for n, option in enumerate(options) if mask >> n & 1)


def _wish(pick: Pick, number: int, focus: Focus) -> Wish:
    belows = 8, len(focus.tokens), len(focus.quantities), len(BASKETS)
    key, token, quantity, product = _apart(pick(prod(belows)), *belows)
    return Wish(
        customer=f"customer-{number + 1}",
        key="" if key == 1 else "a-key",
        token=focus.tokens[token],
        quantity=focus.quantities[quantity],
        products=BASKETS[product],
    )


def _ambushes(pick: Pick, focus: Focus) -> Iterator[Ambush]:
    """Draw ambushes; 0 is none."""
    belows = len(focus.sites), 3, len(focus.faults), WAYS
    for drawn in (pick(prod(belows) + 1) for _ in range(one_of(pick, focus.ambushes))):
        if drawn:
            site, spared, fault, way = _apart(drawn - 1, *belows)
            yield focus.sites[site], spared, focus.faults[fault], way


def _apart(number: int, *belows: int) -> Iterator[int]:
    """Make several numbers of one that was drawn: what it stands for can be left out when a schedule shrinks."""
    for below in belows:
        number, part = divmod(number, below)
        yield part
