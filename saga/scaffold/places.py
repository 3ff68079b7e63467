"""Where a new step belongs in the existing files of a project."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

type Names = Mapping[str, str]

SAGAS, TEMPLATE, PYPROJECT = "functions/sagas.py", "template.yaml", "pyproject.toml"
_TEXTS = Path(__file__).parent / "texts"
_PAIR = r"\(\w+, \w+\)"
_WITHIN = r"(?:(?!\n\S)[\s\S])*?"  # a declaration, which ends before a line that is not indented
_IN_QUEUES = rf"Saga\({_WITHIN}\.QUEUES"
_MODULES = r'name = "{}.*\n(?:(?!\[\[).*\n)*?{}_modules = \[[^\]]*"'  # up to the last one that a contract lists
_OUTPUT = "  %{Things}Table: { Description: %Things, Value: !Ref %{Things}Table }\n"


class _Text(Template):
    delimiter = "%"  # a dollar is for CloudFormation


@dataclass(frozen=True)
class Place:
    """`text` belongs in the file `path`, after the only match of `anchor`. `where` describes the place to people."""

    path: str
    where: str
    anchor: str
    text: str

    def inserted(self, content: str) -> str | None:
        """Return the file's content with the text in it, or None unless the anchor matches exactly once."""
        found = [match.end() for match in re.finditer(self.anchor, content, re.MULTILINE)]
        return content[: found[0]] + self.text + content[found[0] :] if len(found) == 1 else None


def read(name: str, names: Names) -> str:
    """Read a text from its file and fill names into it."""
    return _filled((_TEXTS / f"{name}.txt").read_text(), names)


def _filled(text: str, names: Names) -> str:
    """Fill names into a text. A placeholder in capitals gets the name in capitals."""
    return _Text(text).substitute({**{name.upper(): each.upper() for name, each in names.items()}, **names})


def in_the_table(names: Names, after: str) -> Iterator[Place]:
    """Yield the row of the saga's table, after the step that is declared as the constant `after`, or the last step.

    A saga that queues coordinate has no place for it: it needs a queue and a worker, too.
    """
    imported = _filled("from %participant.domain import %constant, %undo_constant\n", names)
    steps = rf"\({after}, \w+\)" if after else rf"steps=\(\s*(?:{_PAIR},\s*)*{_PAIR}"
    yield Place(SAGAS, "among the imports", r"(?=^from sagakit\.saga )", imported)
    row = _filled(", (%constant, %undo_constant)", names)
    anchor = rf"(?!{_IN_QUEUES})Saga\({_WITHIN}{steps}"
    yield Place(SAGAS, f"in steps, after {after or 'the last step'}", anchor, row)


def in_the_template(names: Names, confirm: str) -> Iterator[Place]:
    """Yield the resources of the step, before those of the state `confirm`, which every saga has."""
    for where, anchor, text in (
        ("Globals", "        IDEMPOTENCY_TABLE: ", _filled("        %{ROWS}_TABLE: !Ref %{Things}Table\n", names)),
        (f"before {confirm}Function", f"  {confirm}Function:$", read("functions", names)),
        ("DefinitionSubstitutions", f"        {confirm}Function: ", _both("        {0}: !GetAtt {0}.Arn\n", names)),
        ("Policies", f" {{16}}- !GetAtt {confirm}Function.Arn$", _both(f"{' ' * 16}- !GetAtt {{0}}.Arn\n", names)),
        ("among the tables", "  IdempotencyTable:.*\n    Type:", read("table", names)),
        ("EachFunction", f"       {confirm}, ", _filled("       %state, %undo_state,\n", names)),
        ("Outputs", "  IdempotencyTable: { Description:", _filled(_OUTPUT, names)),
    ):
        yield Place(TEMPLATE, where, f"(?=^{anchor})", text)


def in_the_contracts(names: Names) -> Iterator[Place]:
    """Yield the contracts that separate a new participant from the others."""
    name = names["participant"]
    listed, contract = f', "{name}"', read("contract", {**names, "Participant": name.capitalize()})
    for where, anchor, text in (
        ("exempt-modules", r'exempt-modules = \[[^\]]*"', listed),
        ("root_packages", r'root_packages = \[[^\]]*"', listed),
        ("the layers of the table", r'layers = \["statemachine", (?:"sagas", )?"[\w |]*', f" | {name}"),
        ("Participants record", _MODULES.format("Participants record", "source"), listed),
        ("the contracts", r'(?=\[\[.*\nname = "A domain is made of)', contract),
        ("A domain is made of", _MODULES.format("A domain is made of", "source"), f', "{name}.domain"'),
        ("What is deployed", _MODULES.format("What is deployed", "source"), listed),
        ("The operator's command is alone", _MODULES.format(".*is installed alone", "forbidden"), listed),
    ):
        yield Place(PYPROJECT, where, f"^{anchor}", text)


def _both(line: str, names: Names) -> str:
    return "".join(line.format(f"{names[state]}Function") for state in ("state", "undo_state"))
