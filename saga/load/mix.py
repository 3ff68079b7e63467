"""The mix of a load: how many of which orders, and in what sequence."""

import re

from saga.failure import UsageFailure

OUT_OF_STOCK = "out-of-stock"  # orders more than there is; every other kind is a payment token
DEFAULT = f"pm_ok=8,pm_declined=1,{OUT_OF_STOCK}=1"

type Mix = dict[str, int]


def of_text(text: str) -> Mix:
    """Reads pm_ok=8,pm_declined=1. Raises UsageFailure for anything else."""
    mix: Mix = {}
    for part in text.split(","):
        match = re.fullmatch(rf"(pm_[a-z_]{{1,50}}|{OUT_OF_STOCK})=([1-9]\d{{0,3}})", part.strip())
        if match is None or match[1] in mix:
            raise UsageFailure(f"{part!r} is no part of a mix such as {DEFAULT}")
        mix[match[1]] = int(match[2])
    return mix


def spread(mix: Mix, orders: int) -> list[str]:
    """The kind of each order, each kind as evenly spread as its weight allows."""
    owed = dict.fromkeys(mix, 0)
    total, kinds = sum(mix.values()), list[str]()
    for _ in range(orders):
        owed = {kind: owed[kind] + weight for kind, weight in mix.items()}
        kinds.append(max(owed, key=lambda kind: owed[kind]))
        owed[kinds[-1]] -= total
    return kinds
