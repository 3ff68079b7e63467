"""Where a new step belongs in the files that a project has already."""

from collections.abc import Iterator, Mapping

from saga.scaffold.place import Place, filled, read

type Names = Mapping[str, str]

SAGAS, TEMPLATE, PYPROJECT = "functions/sagas.py", "template.yaml", "pyproject.toml"
_PAIR = r"\(\w+, \w+\)"
_MODULES = r'name = "{}.*\n(?:(?!\[\[).*\n)*?{}_modules = \[[^\]]*"'  # to the last one that a contract lists
_OUTPUT = "  %{Things}Table:\n    Description: %Things\n    Value: !Ref %{Things}Table\n"


def in_the_table(names: Names, after: str) -> Iterator[Place]:
    """The row of the saga's table: behind the step that is declared as the constant `after`, or behind the last."""
    imported = filled("from %participant.domain import %constant, %undo_constant\n", names)
    steps = rf"\({after}, \w+\)" if after else rf"steps=\(\s*(?:{_PAIR},\s*)*{_PAIR}"
    yield Place(SAGAS, "among the imports", r"(?=^from sagakit\.saga )", imported)
    row = filled(", (%constant, %undo_constant)", names)
    yield Place(SAGAS, f"in steps, behind {after or 'the last step'}", steps, row)


def in_the_template(names: Names, confirm: str) -> Iterator[Place]:
    """What the stack has for a step; it goes before the state `confirm`, which every saga has."""
    for where, anchor, text in (
        ("Globals", "        IDEMPOTENCY_TABLE: ", filled("        %{ROWS}_TABLE: !Ref %{Things}Table\n", names)),
        (f"before {confirm}Function", f"  {confirm}Function:$", read("functions", names)),
        ("DefinitionSubstitutions", f"        {confirm}Function: ", _both("        {0}: !GetAtt {0}.Arn\n", names)),
        ("Policies", f" {{16}}- !GetAtt {confirm}Function.Arn$", _both(f"{' ' * 16}- !GetAtt {{0}}.Arn\n", names)),
        ("among the tables", "  IdempotencyTable:.*\n    Type:", read("table", names)),
        ("among the log groups", f"  {confirm}LogGroup:$", read("log_groups", names)),
        ("Outputs", "  IdempotencyTable:\n    Description:", filled(_OUTPUT, names)),
    ):
        yield Place(TEMPLATE, where, f"(?=^{anchor})", text)


def in_the_contracts(names: Names) -> Iterator[Place]:
    """The contracts that keep a new participant apart from the others."""
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
