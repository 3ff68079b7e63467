"""The functions' source as syntax: what a module imports, and what an entry point can reach.

Names are followed from one top-level definition to the next. Importing a module reaches its top-level code, and
reaching a function reaches what it imports. A declaration is called where it decorates a handler, and only there. The
result includes code that never runs. The table of the sagas, which the kit imports by name, is data and not followed.
"""

import ast
from collections.abc import Iterator, Sequence
from functools import cache

from sagakit.saga import sagas
from tests.support.template import ROOT

type Place = tuple[str, str]  # a module and one of its top-level names; an empty name for its top-level code

SOURCES = ROOT / "functions"
DEFINITIONS = (ast.FunctionDef, ast.ClassDef)
# By entry point: settings of code that it reaches and never runs. An execution that broke need not be started.
NEVER_READ = {"sagakit.recovery.app.recover": {"STATE_MACHINES"}}
CALLED = "__call__"  # runs when a declaration decorates a handler; a place of its own: `Step.__call__`


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of the functions, parsed, by dotted name."""
    files = sorted(SOURCES.glob("**/*.py"))
    return {".".join(file.relative_to(SOURCES).with_suffix("").parts): ast.parse(file.read_text()) for file in files}


def imports(module: str) -> set[str]:
    """Return the module's imports, including those in functions: `package.module`, or `package.module.name`."""
    return set(_aliases(module).values())


def imported_modules(module: str) -> set[str]:
    """Return the modules of the functions that an import of this one runs, including itself."""
    found: set[str] = set()
    waiting = {module}
    while waiting:
        name = waiting.pop()
        found.add(name)
        eager = (_imported(node) for node in _walk(modules()[name], functions=False))
        waiting |= {place[0] for each in eager for full in each.values() if (place := _place(full))} - found
    return found


@cache
def reachable(handler: str) -> tuple[ast.stmt, ...]:
    """Return all code that an entry point, `package.module.function`, can reach."""
    module, _, function = handler.rpartition(".")
    found: set[Place] = set()
    waiting = {(module, function), *_on_import(module)}
    while waiting:
        place = waiting.pop()
        found.add(place)
        waiting |= {reference for code in _code(place) for reference in _references(place[0], code)} - found
    return tuple(code for place in sorted(found) for code in _code(place))


def names(handler: str) -> set[str]:
    """Return every name in the code that an entry point can reach."""
    return {node.id for code in reachable(handler) for node in ast.walk(code) if isinstance(node, ast.Name)}


def settings(handler: str) -> set[str]:
    """Return the environment variables that an entry point reads."""
    could = {name for code in reachable(handler) for read in _reads(code) for name in _variables(read, code, handler)}
    never = NEVER_READ.get(handler, set())
    assert never <= could, f"{handler} cannot read {never - could} at all"
    return could - never


@cache
def _aliases(module: str) -> dict[str, str]:
    """Return what each imported name refers to."""
    return {name: full for node in _walk(modules()[module]) for name, full in _imported(node).items()}


def _imported(node: ast.AST) -> dict[str, str]:
    match node:
        case ast.Import(names=aliases):
            return {alias.asname or alias.name: alias.name for alias in aliases}
        case ast.ImportFrom(module=str(origin), names=aliases):
            return {alias.asname or alias.name: f"{origin}.{alias.name}" for alias in aliases}
    return {}


def _walk(node: ast.AST, *, functions: bool = True) -> Iterator[ast.AST]:
    """Walk the tree, skipping TYPE_CHECKING blocks and, if wanted, functions."""
    yield node
    for child in ast.iter_child_nodes(node):
        skipped = isinstance(child, ast.FunctionDef) and not functions
        if not skipped and not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield from _walk(child, functions=functions)


def _on_import(module: str) -> set[Place]:
    return {(name, "") for name in imported_modules(module)}


def _place(imported: str) -> Place | None:
    """Return the place that an import refers to; None if it is outside the functions."""
    module, _, name = imported.rpartition(".")
    if imported in modules():
        return imported, ""
    return (module, name) if module in modules() else None


def _code(place: Place) -> Sequence[ast.stmt]:
    """Return the definition, and the definitions that its decorators register."""
    module, name = place
    body = modules()[module].body
    if not name:
        return [each for each in body if not isinstance(each, (*DEFINITIONS, ast.Import, ast.ImportFrom, ast.If))]
    definitions = [each for each in body if isinstance(each, DEFINITIONS)]
    decorators = [(each, ast.unparse(decorator)) for each in definitions for decorator in each.decorator_list]
    registered = [each for each, decorator in decorators if decorator.startswith(f"{name}.")]
    defined, _, method = name.partition(".")
    return [part for each in definitions if each.name == defined for part in _parts(each, method)] + registered


def _parts(definition: ast.FunctionDef | ast.ClassDef, method: str) -> Sequence[ast.stmt]:
    """Return a function, or a part of a class: either its `__call__` or the rest."""
    if isinstance(definition, ast.FunctionDef):
        return [definition]
    return [each for each in definition.body if (getattr(each, "name", "") == CALLED) == (method == CALLED)]


def _references(module: str, code: ast.stmt) -> Iterator[Place]:
    for decorator in getattr(code, "decorator_list", []):
        yield from _called(module, decorator.func if isinstance(decorator, ast.Call) else decorator)
    for node in ast.walk(code):
        match node:
            case ast.Name(id=name):
                yield _origin(module, name)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                place = _place(f"{_aliases(module).get(name, '')}.{attribute}")
                yield place or (module, attribute)
            case ast.Import() | ast.ImportFrom():
                places = [place for full in _imported(node).values() if (place := _place(full))]
                yield from (each for place in places for each in _on_import(place[0]))


def _origin(module: str, name: str) -> Place:
    return _place(_aliases(module).get(name, "")) or (module, name)


def _called(module: str, decorator: ast.expr) -> Iterator[Place]:
    """Yield what a declaration runs as a decorator: `RESERVE`, where a module has `RESERVE = Step(…)`."""
    place = _origin(module, ast.unparse(decorator))
    for each in modules()[place[0]].body:
        match each:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=kind)) if name == place[1]:
                declared, named = _origin(place[0], ast.unparse(kind))
                yield declared, f"{named}.{CALLED}"


def _reads(code: ast.stmt) -> list[ast.expr]:
    """Return the key of every `os.environ[key]`."""
    subscripts = [node for node in ast.walk(code) if isinstance(node, ast.Subscript)]
    return [node.slice for node in subscripts if ast.unparse(node.value) == "os.environ"]


def _variables(read: ast.expr, reader: ast.stmt, handler: str) -> set[str]:
    """Return the variable's name, or every name that the code passes or declares for an argument of the reader."""
    if isinstance(read, ast.Constant):
        return {str(read.value)}
    assert isinstance(reader, ast.FunctionDef)
    calls = [node for code in reachable(handler) for node in ast.walk(code) if isinstance(node, ast.Call)]
    if not isinstance(read, ast.Attribute):
        return {name for call in calls if ast.unparse(call.func) == reader.name for name in _literals(call.args[0])}
    kinds = {each.arg: ast.unparse(each.annotation) for each in reader.args.args if each.annotation}
    of = ast.unparse(read.value)
    declared = (
        [call for call in calls if ast.unparse(call.func) == kinds[of]] if of in kinds else _assigned(of, handler)
    )
    return {ast.literal_eval(each.value) for call in declared for each in call.keywords if each.arg == read.attr}


def _literals(text: ast.expr) -> set[str]:
    """Return the text, or one for each saga with a deadline of its own if it begins with the saga's name."""
    match text:
        case ast.JoinedStr(values=[ast.FormattedValue(), ast.Constant(value=str(rest))]):
            return {f"{saga.name.upper()}{rest}" for saga in sagas().values() if saga.steps}
    return {ast.literal_eval(text)}


def _assigned(constant: str, handler: str) -> list[ast.Call]:
    """Return the declaration of a constant, as it is reached: `CHARGE`, where a module has `CHARGE = Effect(…)`."""
    found = [code for code in reachable(handler) if isinstance(code, ast.Assign) and isinstance(code.value, ast.Call)]
    return [
        code.value for code in found if ast.unparse(code.targets[0]) == constant and isinstance(code.value, ast.Call)
    ]
