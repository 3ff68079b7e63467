"""Prices and assumptions, from their files."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Price:
    """So many dollars per so many units. `source` is AWS's page, `seen` where the price was read."""

    dollars: float
    per: int
    unit: str
    source: str
    seen: str


@dataclass(frozen=True)
class PriceList:
    """The prices of a region on a date, by name."""

    region: str
    date: date
    prices: dict[str, Price]


@cache
def price_list() -> PriceList:
    """Return all prices."""
    read = _read("prices.toml")
    return PriceList(read["region"], read["date"], {name: Price(**each) for name, each in read["prices"].items()})


def price(name: str, units: float = 1) -> float:
    """Return the dollars for so many units."""
    each = price_list().prices[name]
    return each.dollars * units / each.per


@cache
def assumed(group: str) -> dict[str, Any]:
    """Return the assumptions of a group by name."""
    return dict(_read("assumptions.toml")[group])


def _read(file: str) -> dict[str, Any]:
    return tomllib.loads((HERE / file).read_text())
