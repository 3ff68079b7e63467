"""Plans the changes for a new step. Everything is checked before anything is written."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from saga.failures import Failure, UsageFailure
from saga.scaffold import places
from saga.scaffold.names import past, snake, table
from saga.scaffold.places import Place, read


@dataclass(frozen=True)
class Plan:
    """New files, changed files with their new content, and texts without a certain place."""

    root: Path
    created: Mapping[str, str]
    changed: Mapping[str, str]
    by_hand: tuple[Place, ...]

    def carry_out(self) -> None:
        """Write everything or nothing.

        Raises:
            Failure: a file cannot be written.
        """
        before = {path: (self.root / path).read_text() for path in self.changed}
        try:
            for path, content in {**self.created, **self.changed}.items():
                (self.root / path).parent.mkdir(parents=True, exist_ok=True)
                (self.root / path).write_text(content)
        except OSError as error:
            for path, earlier in {**dict.fromkeys(self.created), **before}.items():
                with suppress(OSError):  # it was not written, or its folder has other files
                    _restore(self.root / path, earlier)
            raise Failure(f"nothing was added: {error}") from error


def plan(root: Path, names: dict[str, str], after: str | None = None) -> Plan:
    """Return the plan.

    Raises:
        UsageFailure: the step cannot be added.
    """
    texts = _existing(root)
    source = "\n".join(path.read_text() for path in sorted((root / "functions").rglob("*.py")))
    _require_new(names, source + texts[places.TEMPLATE])
    names |= _distinct(names, source, texts[places.TEMPLATE])
    row = list(places.in_the_table(names, _constant(after, source) if after else ""))
    saga = _saga(texts[places.SAGAS], row[-1])
    created = dict(_tests_and_samples(root, names, saga))
    wanted = [*places.in_the_template(names, f"Confirm{saga.capitalize()}")]
    package = f"functions/{names['participant']}"
    code = {f"{package}/{each}.py": read(each, names) for each in ("domain", "app", "store")}
    if (root / package).exists():
        blocks = {path: text.partition('"""\n\n')[2] for path, text in code.items()}  # without the module's docstring
        by_hand = [*(Place(path, "whatever it lacks of this", "", text) for path, text in blocks.items()), *row]
        wanted = [*(replace(each, anchor="(?!)") for each in by_hand), *wanted]  # a row without its code is an error
    else:
        created |= {f"{package}/__init__.py": "", **code}
        wanted = [*row, *wanted, *places.in_the_contracts(names)]
    if taken := [path for path in (*created, f"{package}.py") if (root / path).exists()]:
        raise UsageFailure(f"{taken[0]} exists already")
    if not (root / package).exists() and find_spec(names["participant"]):
        raise UsageFailure(f"--participant {names['participant']!r}: another module has this name. Choose another one")
    return Plan(root, created, *_inserted(texts, wanted))


def _existing(root: Path) -> dict[str, str]:
    paths = (places.SAGAS, places.TEMPLATE, places.PYPROJECT)
    if missing := [path for path in paths if not (root / path).exists()]:
        raise UsageFailure(f"there is no {missing[0]} here. Run this in the root of a project")
    return {path: (root / path).read_text() for path in paths}


def _distinct(names: Mapping[str, str], source: str, template: str) -> dict[str, str]:
    """Return other names for those that are taken: two steps may book something, or be about the same things."""
    kinds = [f"{prefix}constant" for prefix in ("", "undo_")]
    taken = [kind for kind in kinds if re.search(rf"\b{names[kind]}\b", source)]
    found = {kind: snake(names[kind.replace("constant", "state")]).upper() for kind in taken}
    if _has_table(names, template):
        found |= table(f"{past(names['entry'].capitalize())}{names['Things']}")
    if _has_table({**names, **found}, template):
        raise UsageFailure(f"the project has a table of {found['Things']} already")
    return found


def _restore(file: Path, content: str | None) -> None:
    if content is not None:
        file.write_text(content)
    else:
        file.unlink(missing_ok=True)
        file.parent.rmdir()


def _require_new(names: Mapping[str, str], project: str) -> None:
    for name in (names[f"{prefix}{kind}"] for prefix in ("", "undo_") for kind in ("state", "event")):
        if re.search(rf'"{name}"|^  {name}Function:', project, re.MULTILINE):
            raise UsageFailure(f"the project has a {name} already")
    for event in (names["event"], names["undo_event"]):
        if re.fullmatch(r"[A-Z][a-z]+(Confirmed|Cancelling|Failed|Parked|Resumed)", event):
            raise UsageFailure(f"{event} is a name for the outcome of a saga. Choose another one")


def _has_table(names: Mapping[str, str], template: str) -> bool:
    setting = f"{names['rows'].upper()}_TABLE"
    return bool(re.search(rf"^ +({names['Things']}Table|{setting}):", template, re.MULTILINE))


def _constant(state: str, source: str) -> str:
    found = re.findall(rf'^(\w+) = (?:Step|Effect)\(\s*"{re.escape(state)}"', source, re.MULTILINE)
    if len(found) != 1:
        raise UsageFailure(f"there is no step {state}")
    return str(found[0])


def _saga(sagas: str, row: Place) -> str:
    """Return the name of the saga whose table has the row's place."""
    rows = [match.end() for match in re.finditer(row.anchor, sagas)]
    found = re.findall(r'Saga\(\s*"(\w+)"', sagas[: rows[0]]) if len(rows) == 1 else []
    if not found:
        raise UsageFailure(f"{len(rows)} places for the step in {row.path}. Pass --after with the step before it")
    return str(found[-1])


def _tests_and_samples(root: Path, names: Mapping[str, str], saga: str) -> Iterator[tuple[str, str]]:
    for prefix, like, test in (("", f"confirm_{saga}", "test_step"), ("undo_", f"fail_{saga}", "test_undo")):
        sample = root / "events" / f"{like}.json"
        order = re.search(r'"orderId": "[^"]+"', sample.read_text() if sample.exists() else "")
        if not order:
            raise UsageFailure(f"events/{like}.json has no order ID for the new sample event")
        yield f"events/{names[f'{prefix}stem']}.json", f"{{\n  {order[0]}\n}}\n"
        yield f"tests/unit/{names['participant']}/test_{names[f'{prefix}entry']}.py", read(test, names)


def _inserted(texts: Mapping[str, str], wanted: Iterable[Place]) -> tuple[dict[str, str], tuple[Place, ...]]:
    changed, by_hand = dict[str, str](), list[Place]()
    for place in wanted:
        content = place.inserted(changed.get(place.path, texts.get(place.path, "")))
        if content is None:
            by_hand.append(place)
        else:
            changed[place.path] = content
    return changed, tuple(by_hand)
