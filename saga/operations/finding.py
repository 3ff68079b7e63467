"""What the doctor says about one thing."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and how to cure it when it is not well.

    What is not `needed` is missing for some uses only, such as the tests.
    """

    name: str
    well: bool
    needed: bool
    found: str
    cure: str

    @property
    def json(self) -> dict[str, Any]:
        """For programs; without a cure where none is needed."""
        cure = {} if self.well else {"cure": self.cure}
        return {"name": self.name, "well": self.well, "needed": self.needed, "found": self.found, **cure}
