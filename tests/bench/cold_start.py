"""Measures the initialisation of each function: its imports, compared with those of boto3 and one DynamoDB client.

    python -m tests.bench.init

Every import runs in its own interpreter. Functions and baseline take turns, and the best round counts, in CPU time, so
that other work on the machine doesn't matter. Bytecode is compiled beforehand. Exit code 1 if a function is too slow.
"""

import os
import subprocess
import sys
import tempfile

import tests.support.settings  # noqa: F401 - sets the environment of the functions
from tests.support.template import ROOT, resources

LIMIT = 1.3  # times the baseline
ROUNDS = 15
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


def entry_modules() -> list[str]:
    """Return the modules of the entry points, except that of the API, which imports more for validation."""
    handlers = {each["Properties"]["Handler"] for each in resources("AWS::Serverless::Function").values()}
    return sorted({handler.rpartition(".")[0] for handler in handlers} - {"order.api"})


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


def main() -> int:
    """Print the table. Return 1 if a function exceeds the limit."""
    costs = measured([BASELINE, *(f"import {module}" for module in entry_modules())])
    print(f"{'CPU ms':>8}  {'ratio':>5}   (limit {LIMIT}, best of {ROUNDS} rounds)")
    for statement, seconds in costs.items():
        print(f"{seconds * 1000:8.0f}  {seconds / costs[BASELINE]:5.2f}   {statement}")
    return int(max(costs.values()) > LIMIT * costs[BASELINE])


if __name__ == "__main__":
    sys.exit(main())
