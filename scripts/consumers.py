"""The settings of the stream's consumers, from the template."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Consumer:
    """A consumer: the records of a batch, the batches of a shard at a time, and the seconds that a batch is open."""

    batch: int
    factor: int
    window: int


def consumers(template: dict[str, Any]) -> dict[str, Consumer]:
    """Return the consumers by the names of their functions, without `Function`."""
    return {
        name.removesuffix("Function"): Consumer(
            settings["BatchSize"],
            settings.get("ParallelizationFactor", 1),
            settings.get("MaximumBatchingWindowInSeconds", 0),
        )
        for name, resource in template["Resources"].items()
        for event in resource["Properties"].get("Events", {}).values()
        if event["Type"] == "DynamoDB" and (settings := event["Properties"])
    }
