"""The template after SAM's own transform, as CloudFormation sees it."""

import copy
import logging
from pathlib import Path
from typing import Any

import boto3
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]

from statemachine.conditions import decide

type Json = dict[str, Any]

ROOT = Path(__file__).parents[1]
CODE = {
    "CodeBucket": {"Type": "String", "Description": "S3 bucket with the functions' package, in the stack's region"},
    "CodeKey": {"Type": "String", "Description": "Key of the package. Functions are updated only if it changes"},
}
_UPLOADED = "s3://bucket/key"  # SAM puts a file's address in its place before the transform runs


def transform(template: Json) -> Json:
    """Return a template without SAM's types: one package for all functions, and the definitions inline."""
    uploaded = copy.deepcopy(template)
    uploaded["Parameters"] |= CODE
    uploaded["Globals"]["Function"]["CodeUri"] = {"Bucket": {"Ref": "CodeBucket"}, "Key": {"Ref": "CodeKey"}}
    definitions = {name: machine["DefinitionUri"] for name, machine in _machines(uploaded, "Serverless").items()}
    for machine in _machines(uploaded, "Serverless").values():
        machine["DefinitionUri"] = _UPLOADED
    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns of its own feature flags and metrics
    session = boto3.Session(region_name="us-east-1")
    plain: Json = Translator({}, Parser(), boto_session=session).translate(uploaded, {})
    for name, machine in _machines(plain, "StepFunctions").items():
        del machine["DefinitionS3Location"]
        definition = (ROOT / definitions[name]).read_text()
        machine["DefinitionString"] = {"Fn::Sub": [definition, machine.pop("DefinitionSubstitutions")]}
    return dict(decide(plain, {}))  # SAM repeats a function's condition wherever it adds something for it


def _machines(template: Json, namespace: str) -> dict[str, Json]:
    """Return the properties of the state machines by logical id."""
    kind = f"AWS::{namespace}::StateMachine"
    return {name: each["Properties"] for name, each in template["Resources"].items() if each["Type"] == kind}
