"""Writes the template without SAM, and the functions' package: python scripts/cloudformation.py [--into FOLDER]."""

import argparse
import hashlib
import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from saga.engine.build import ARCHITECTURE, build
from saga.failures import Failure
from statemachine.template import read
from statemachine.transform import transform

type Json = dict[str, Any]

ROOT = Path(__file__).parents[1]
FOLDER = Path(".cache") / "cloudformation"
TEMPLATE = "order-saga.yaml"
DIRECT = 51_200  # bytes of a template that CloudFormation accepts without a bucket
ORIGIN = "Generated from template.yaml by `make cfn`"
ADDED = {"bootstrap"}  # to the engine's copy of the package
# SAM names the partition that it runs in. Outside of `aws` it takes the second policy, which all partitions have.
TRACES = ("AWSXrayWriteOnlyAccess", "AWSXRayDaemonWriteAccess")

HOW = """\
template  {template} ({size:,} bytes{too_large})
package   {package}

To deploy them, with a bucket in the region of the stack:

aws s3 cp {package} s3://BUCKET/
aws cloudformation deploy --stack-name order-saga-dev --template-file {template} --s3-bucket BUCKET \\
  --capabilities CAPABILITY_IAM --parameter-overrides CodeBucket=BUCKET CodeKey={package.name}"""


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]
    """Writes text of many lines as it is, and everything in full wherever it occurs."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> Any:  # noqa: ANN401 - a node
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def main(*arguments: str) -> int:
    """Write both files and print how to deploy them. Return the exit code."""
    parser = argparse.ArgumentParser(description="Write the template without SAM, and the functions' package.")
    parser.add_argument("--into", type=Path, default=FOLDER, metavar="FOLDER", help=f"default: {FOLDER}")
    into = parser.parse_args(arguments).into
    into.mkdir(parents=True, exist_ok=True)
    try:
        package = write_package(build(), into)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return failure.exit_code
    template = into / TEMPLATE
    template.write_text(as_yaml(plain(read(ROOT / "template.yaml"))))
    size = template.stat().st_size
    too_large = f": more than {DIRECT:,}, so it needs --s3-bucket" if size > DIRECT else ""
    print(HOW.format(template=template, package=package, size=size, too_large=too_large))
    return 0


def plain(template: Json) -> Json:
    """Return the template for CloudFormation alone, in any partition, with the processor that the package is for."""
    text = json.dumps(transform(template)).replace(*TRACES)
    text = re.sub(r'"arn:aws(:iam::aws:policy/[^"]+)"', r'{"Fn::Sub": "arn:${AWS::Partition}\1"}', text)
    anywhere: Json = json.loads(text.replace('"arn:aws:', '"arn:${AWS::Partition}:'))  # all of these are in a Fn::Sub
    anywhere["Parameters"]["Architecture"] |= {"Default": ARCHITECTURE, "AllowedValues": [ARCHITECTURE]}
    return {**anywhere, "Description": f"{anywhere['Description']}. {ORIGIN}"}


def as_yaml(template: Json) -> str:
    """Return the text of a template."""
    text: str = yaml.dump(template, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return f"# {ORIGIN}. Changes here are lost.\n{text}"


def write_package(built: Path, into: Path) -> Path:
    """Copy the functions' package out of the engine's build. Its name changes with its content."""
    functions = [each["Properties"] for each in json.loads(built.read_text())["Resources"].values() if "Type" in each]
    (engines,) = {each["CodeUri"] for each in functions if "CodeUri" in each}
    package = into / "package.part"
    with zipfile.ZipFile(engines) as source, zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in source.infolist():
            if entry.filename not in ADDED:
                copy.writestr(entry, source.read(entry), zipfile.ZIP_DEFLATED)
    digest = hashlib.sha256(package.read_bytes()).hexdigest()[:16]
    return package.rename(into / f"functions-{digest}.zip")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
