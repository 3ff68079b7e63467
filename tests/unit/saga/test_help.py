"""The help is quick, because what is heavy is imported by the commands that need it."""

import json
import subprocess
import sys

HEAVY = {"boto3", "botocore", "nicegui", "fastapi", "plotext", "pygal", "resvg_py", "httpx", "samcli"}
PROGRAM = "import json, sys, saga.cli; print(json.dumps(list(sys.modules)))"


def test_the_command_starts_without_what_only_some_of_its_commands_need() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)  # noqa: S603
    assert HEAVY & set(json.loads(ended.stdout)) == set()
