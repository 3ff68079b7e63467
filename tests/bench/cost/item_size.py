"""The size of an item as DynamoDB counts it, from its wire format.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

NESTED, ELEMENT = 3, 1  # bytes more for a list or a map, and for each of its elements

type Image = Mapping[str, Mapping[str, Any]]  # attribute values by name


def item_size(image: Image) -> int:
    """Return the bytes of an item: those of its attributes' names and values."""
    return sum(len(name.encode()) + _value(value) for name, value in image.items())


def _value(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return _number(content)
        case "BOOL" | "NULL":
            return 1
        case "L":
            return NESTED + sum(ELEMENT + _value(each) for each in content)
        case "M":
            return NESTED + ELEMENT * len(content) + item_size(content)
        case _:
            raise NotImplementedError(f"attributes of type {kind}")


def _number(text: str) -> int:
    """Return a byte, and one for two significant digits: zeros at either end do not count."""
    digits = Decimal(text).normalize().as_tuple().digits
    return 1 + (len(digits) + 1) // 2
