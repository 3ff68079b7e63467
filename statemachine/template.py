"""The SAM template as data."""

import json
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

type Json = dict[str, Any]


def read(file: Path) -> Json:
    """Return the template with its intrinsic functions in their long form and its loops expanded."""
    template: Json = yaml_parse(file.read_text())
    return {**template, "Resources": _expand(template["Resources"])}


def _expand(resources: Json) -> Json:
    """Expand each `Fn::ForEach`: its variable stands in logical ids and in `Fn::Sub`."""
    expanded: Json = {}
    for name, resource in resources.items():
        if name.startswith("Fn::ForEach::"):
            variable, values, fragment = resource
            text = json.dumps(fragment)
            for value in values:
                expanded |= json.loads(text.replace(f"${{{variable}}}", value))
        else:
            expanded[name] = resource
    return expanded
