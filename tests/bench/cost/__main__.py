"""Counts what orders take, writes the counts to their file and tells what has changed: python -m tests.bench.cost."""

import argparse

import tests.support.settings  # noqa: F401  before anything of the functions is imported
from scripts.cost import counts
from tests.bench.cost.counting import counted


def main() -> None:
    """Count, tell and write."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    now = counted()
    for difference in counts.differences(counts.read(), now):
        print(difference)
    counts.write(now)


if __name__ == "__main__":
    main()
