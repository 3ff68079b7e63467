"""Compares what the functions import with boto3 and one DynamoDB client: python -m tests.bench.cold_start [PAGE].

Every import runs in its own interpreter. Functions and baseline take turns, and the best round counts, in CPU time, so
that other work on the machine matters little. Bytecode is compiled beforehand. With a page, it writes the table into
it. Exit code 1 if a function is too slow.
"""

import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator

import tests.support.settings  # noqa: F401 - sets the environment of the functions
from scripts import page
from tests.support.template import ROOT, resources

ROUNDS = 15
LIMIT = 1.3  # times the baseline
WITH_PYDANTIC = dict.fromkeys(["order.api.accepting", "order.api.changing"], 1.5)  # validating a body needs it
BASELINE = "import boto3; boto3.client('dynamodb')"
# boto3 loads these if they are installed. The development tools install them, but no function's package has them.
ABSENT = ("awscrt", "OpenSSL")

PROGRAM = f"""
import sys, time
sys.modules.update(dict.fromkeys({ABSENT}))
before = time.process_time()
{{statement}}
print(time.process_time() - before)
"""

HEAD = ("module", "functions", "CPU ms", "times boto3", "limit")


def functions() -> dict[str, list[str]]:
    """Return the names of the functions by the module of their entry point."""
    found = defaultdict[str, list[str]](list)
    for name, each in resources("AWS::Serverless::Function").items():
        found[each["Properties"]["Handler"].rpartition(".")[0]].append(name.removesuffix("Function"))
    return dict(sorted(found.items()))


def cost(statement: str, bytecode: str) -> float:
    """Run the statement in its own interpreter and return its CPU time in seconds."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode, "PYTHONDONTWRITEBYTECODE": ""}
    program = [sys.executable, "-c", PROGRAM.format(statement=statement)]
    done = subprocess.run(program, env=environment, cwd=ROOT / "functions", check=True, capture_output=True, text=True)  # noqa: S603
    return float(done.stdout)


def measured(statements: list[str]) -> dict[str, float]:
    """Return the CPU time of each statement in its best round. The first round compiles and doesn't count."""
    with tempfile.TemporaryDirectory() as bytecode:
        _, *rounds = [[cost(each, bytecode) for each in statements] for _ in range(1 + ROUNDS)]
    return dict(zip(statements, map(min, zip(*rounds, strict=True)), strict=True))


def rows(costs: dict[str, float]) -> Iterator[list[str]]:
    """Yield the rows of the table: CPU milliseconds, and times the baseline."""
    base = costs[BASELINE]
    yield ["boto3 and one client", "", f"{base * 1000:.0f}", "1.00", ""]
    for module, names in functions().items():
        seconds = costs[f"import {module}"]
        figures = f"{seconds * 1000:.0f}", f"{seconds / base:.2f}", f"{limit(module)}"
        yield [f"`{module}`", ", ".join(names), *figures]


def limit(module: str) -> float:
    """Return how many times the baseline's CPU time the module may take."""
    return WITH_PYDANTIC.get(module, LIMIT)


def main() -> int:
    """Print the table, or write it into the page. Return 1 if a function exceeds its limit."""
    where = page.asked_for(__doc__)
    costs = measured([BASELINE, *(f"import {module}" for module in functions())])
    page.write(where, "cold start", page.table(HEAD, rows(costs)))
    return int(any(costs[f"import {module}"] > limit(module) * costs[BASELINE] for module in functions()))


if __name__ == "__main__":
    sys.exit(main())
