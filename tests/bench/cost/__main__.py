"""Counts what orders take, and writes the counts to their file: python -m tests.bench.cost."""

import argparse

import tests.support.settings  # noqa: F401  before anything of the functions is imported
from scripts.cost import counts
from tests.bench.cost.counting import counted


def main() -> None:
    """Count and write."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    counts.write(counted())


if __name__ == "__main__":
    main()
