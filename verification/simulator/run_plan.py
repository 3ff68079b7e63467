"""What is drawn for a run: its order requests, its faults, and when it departs from the default order.

Everything comes from one function, `pick(n)`, which returns a number below n. All zeros is a run without faults, so
a schedule shrinks towards that.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple

from payment.test_tokens import TEST_TOKENS
from verification.simulator.names.saga_table import HAS_QUEUES, STEPS
from verification.simulator.names.write_sites import SITES

type Pick = Callable[[int], int]

STOCK = 3
GAPS = (12, 3, 30, 60)  # calls between two deviations, at most
FREE = "brochure"  # a product that costs nothing
BASKETS = (("monitor",), ("monitor", "laptop"), ("monitor", "monitor"))
VARIANTS = 14  # of an environment action: as many as two orders have steps
PAGE_SIZES = (1000, 1)  # rows in a query's page
LAGS = (0, 1, 6, 1_000)  # writes to a table by which readers may be behind it; the last one hides a whole second
# How to make a participant refuse, by the event of its refusal. Any other step is forced to refuse.
REFUSAL_INPUTS: Mapping[str, Mapping[str, Any]] = {
    "InventoryRejected": {"quantities": (STOCK + 1,)},
    "PaymentDeclined": {"tokens": ("pm_declined",)},
    "PaymentMismatched": {"tokens": ("pm_wrong_amount", "pm_wrong_currency")},
}
STEPS_FORCED_TO_REFUSE = [step for step in STEPS if not REFUSAL_INPUTS.keys() >= set(step.refusals.values())]
FORCED_REFUSALS = (0, 1, 2) if STEPS_FORCED_TO_REFUSE else (0,)
ABORTS = 12  # executions that are aborted, if all of a saga's are


@dataclass(frozen=True)
class OrderRequest:
    """An order that a customer wants to place. Without a key, every request is a new order."""

    customer: str
    key: str
    token: str
    quantity: int
    products: tuple[str, ...]

    def __str__(self) -> str:
        key = f", key {self.key}" if self.key else ""
        return f"{self.customer} orders {self.quantity} of {' and '.join(self.products)} with {self.token}{key}"


class Wish(NamedTuple):
    """What a customer returns of a confirmed order: at most so many pieces, of so many of its products."""

    key: str
    pieces: int
    products: int
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.pieces} of {self.products} products{f' with key {self.key}' if self.key else ''}"


# The second and third are other bodies under the first one's key. Any two of the others may be too much together.
WISHES = (
    Wish("a-key", 1, 1),
    Wish("a-key", 1, 1, "broken"),
    Wish("a-key", 2, 1),
    Wish("", 1, 2),
    Wish("b-key", 1, 1),
    Wish("", STOCK, 2),
    Wish("", 2, 1),
)


@dataclass(frozen=True)
class Profile:
    """A kind of run: narrows what is drawn. A run has some of the `environment` actions, and all in `always`."""

    tokens: Sequence[str] = tuple(TEST_TOKENS)
    faults: Sequence[str] = ()
    environment: Sequence[str] = ()
    orders: Sequence[int] = (1, 2)
    express: Sequence[bool] = (False, True)
    relay_down: Sequence[bool] = (False, False, False, True)
    payments_hang: Sequence[bool] = (False, False, True)
    starts: Sequence[int] = (1, 40, 90, 200)  # calls before the first deviation, at most
    aborts: Sequence[int] = (0,)  # executions
    sites: Sequence[str] = SITES
    quantities: Sequence[int] = (1, 2, STOCK, STOCK + 1)
    baskets: Sequence[tuple[str, ...]] = BASKETS
    targeted: Sequence[int] = (0, 1, 2, 3)  # faults at one of the sites
    deviations: Sequence[int] = (0, 3, 8, 16, 32)
    budgets: Sequence[int] = (0, 1, 3, 6, 12)  # faults among the deviations, at most
    skews: Sequence[int] = (0, 5, 2_000)  # milliseconds
    lags: Sequence[int] = LAGS
    refusals: Sequence[int] = FORCED_REFUSALS  # the call at which they begin
    always: Sequence[str] = ()
    returns: Sequence[int] = (0,)  # by customers, as soon as an order is confirmed
    shards: Sequence[int] = (0,)  # that the stock of every product is spread over from the beginning


@dataclass(eq=False)
class TargetedFault:
    """A fault or an environment action at a site, after `skip` calls there; `variant` selects one of several ways."""

    site: str
    skip: int
    name: str
    variant: int


@dataclass(frozen=True)
class Plan:
    """What is drawn before a run begins."""

    requests: tuple[OrderRequest, ...]
    express: bool
    relay_down: bool  # the stream delivers nothing before quiescence
    payments_hang: bool  # those that are processing, until the gateway is restored
    repeat_all: bool  # whether every call is repeated after quiescence
    skew: int
    first_skew: int  # whether the first clock is slow, right or fast; the following ones rotate
    page_size: int
    lag: int  # writes that a read of an index, or without ConsistentRead, misses for up to a second
    aborts: int
    first_refusal: int  # the call at which a forced refusal comes first; 0 is never
    faults: frozenset[str]
    environment: frozenset[str]
    fault_budget: int
    targeted: tuple[TargetedFault, ...]
    returns: tuple[Wish, ...]
    shards: int
    deviations: int
    start: int
    gap: int
    pick: Pick = field(repr=False)

    def __str__(self) -> str:
        conditions = {
            "EXPRESS executions": self.express,
            "the relay is down": self.relay_down,
            "payments that are processing hang": self.payments_hang,
            f"clocks are wrong by {self.skew} ms": self.skew,
            f"page size {self.page_size}": self.page_size != PAGE_SIZES[0],
            f"readers are up to {self.lag} writes behind": self.lag,
            f"{self.aborts} executions are aborted": self.aborts,
            f"stock in {self.shards} shards": self.shards,
            f"returns {'; '.join(map(str, self.returns))}": self.returns,
            f"forced refusals from call {self.first_refusal} on": self.first_refusal,
        }
        return "; ".join([*map(str, self.requests), *(text for text, holds in conditions.items() if holds)])


def draw_plan(pick: Pick, profiles: Sequence[Profile]) -> Plan:
    """Draw a profile, and a plan from it."""
    profile = one_of(pick, profiles)
    return Plan(
        requests=tuple(_order_request(pick, n, profile) for n in range(one_of(pick, profile.orders))),
        express=one_of(pick, profile.express),
        relay_down=one_of(pick, profile.relay_down),
        payments_hang=one_of(pick, profile.payments_hang),
        repeat_all=pick(4) == 1,
        skew=one_of(pick, profile.skews),
        first_skew=pick(3),
        page_size=one_of(pick, PAGE_SIZES),
        lag=one_of(pick, profile.lags),
        aborts=one_of(pick, profile.aborts),
        first_refusal=one_of(pick, profile.refusals),
        faults=_subset(pick, profile.faults),
        environment=_subset(pick, profile.environment) | frozenset(profile.always),
        fault_budget=one_of(pick, profile.budgets),
        targeted=tuple(_targeted_faults(pick, profile)),
        returns=tuple(WISHES[pick(len(WISHES))] for _ in range(one_of(pick, profile.returns))),
        shards=one_of(pick, profile.shards),
        deviations=one_of(pick, profile.deviations),
        start=pick(one_of(pick, profile.starts)),
        gap=one_of(pick, GAPS),
        pick=pick,
    )


def one_of[T](pick: Pick, options: Sequence[T]) -> T:
    """Draw one of the options."""
    return options[pick(len(options))]


def _subset(pick: Pick, options: Sequence[str]) -> frozenset[str]:
    """Draw a subset: what is left out cannot crowd out the rest."""
    mask = pick(2 ** len(options))
    return frozenset(option for n, option in enumerate(options) if mask >> n & 1)


def _order_request(pick: Pick, number: int, profile: Profile) -> OrderRequest:
    limits = 8, len(profile.tokens), len(profile.quantities), len(profile.baskets)
    key, token, quantity, basket = _split(pick(prod(limits)), *limits)
    return OrderRequest(
        customer=f"customer-{number + 1}",
        key="" if key == 1 else "a-key",
        token=profile.tokens[token],
        quantity=profile.quantities[quantity],
        products=profile.baskets[basket][: 1 if HAS_QUEUES else None],
    )


def _targeted_faults(pick: Pick, profile: Profile) -> Iterator[TargetedFault]:
    """Draw targeted faults; the number 0 stands for none."""
    limits = len(profile.sites), 3, len(profile.faults), VARIANTS
    for drawn in (pick(prod(limits) + 1) for _ in range(one_of(pick, profile.targeted))):
        if drawn:
            site, skip, fault, variant = _split(drawn - 1, *limits)
            yield TargetedFault(profile.sites[site], skip, profile.faults[fault], variant)


def _split(number: int, *limits: int) -> Iterator[int]:
    """Split one drawn number into several, so that shrinking drops all of them at once."""
    for limit in limits:
        number, part = divmod(number, limit)
        yield part
