"""What a function costs before it does anything: importing it, beside importing boto3 and making one DynamoDB client.

    python -m tests.bench.init

Every import has an interpreter of its own; function and baseline take turns, and the best round counts, in CPU time, so
that other work on the machine does not. Bytecode is compiled beforehand. Exit code 1: a function costs too much.
"""

import os
import subprocess
import sys
import tempfile

import tests.support.settings  # noqa: F401  gives this process, and so its children, the functions' settings
from tests.support.template import ROOT, resources

LIMIT = 1.3  # times the baseline
ROUNDS = 15
BASELINE = "import boto3; boto3.client('dynamodb')"
# boto3 loads these where it finds them. Here the development tools bring them along; no function's package does.
ABSENT = ("awscrt", "OpenSSL")

PROGRAM = f"""
import sys, time
sys.modules.update(dict.fromkeys({ABSENT}))
before = time.process_time()
{{statement}}
print(time.process_time() - before)
"""


def entry_modules() -> list[str]:
    """Name the modules of the entry points, except the API's, where a client pays for validation."""
    handlers = {each["Properties"]["Handler"] for each in resources("AWS::Serverless::Function").values()}
    return sorted({handler.rpartition(".")[0] for handler in handlers} - {"order.api"})


def cost(statement: str, bytecode: str) -> float:
    """Run the statement in an interpreter of its own and give its CPU time in seconds."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode, "PYTHONDONTWRITEBYTECODE": ""}
    program = [sys.executable, "-c", PROGRAM.format(statement=statement)]
    done = subprocess.run(program, env=environment, cwd=ROOT / "functions", check=True, capture_output=True, text=True)  # noqa: S603
    return float(done.stdout)


def measured(statements: list[str]) -> dict[str, float]:
    """Give the CPU time of each statement in its best round; a first round compiles and does not count."""
    with tempfile.TemporaryDirectory() as bytecode:
        _, *rounds = [[cost(each, bytecode) for each in statements] for _ in range(1 + ROUNDS)]
    return dict(zip(statements, map(min, zip(*rounds, strict=True)), strict=True))


def main() -> int:
    """Print the table, and tell by the exit code whether every function keeps the limit."""
    costs = measured([BASELINE, *(f"import {module}" for module in entry_modules())])
    print(f"{'CPU ms':>8}  {'ratio':>5}   (limit {LIMIT}, best of {ROUNDS} rounds)")
    for statement, seconds in costs.items():
        print(f"{seconds * 1000:8.0f}  {seconds / costs[BASELINE]:5.2f}   {statement}")
    return int(max(costs.values()) > LIMIT * costs[BASELINE])


if __name__ == "__main__":
    sys.exit(main())
