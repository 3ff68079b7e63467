import re

import pytest

from saga.graph import Outcome, StateStatus, to_mermaid
from tests.unit.graph.definitions import LOOP, SAGA, Definition, machine, task, transitions


def names(text: str) -> dict[str, str]:
    return dict(re.findall(r'(s\d+)\W*"(.*?)<br/>', text))


@pytest.mark.parametrize("definition", [SAGA, LOOP], ids=["saga", "loop"])
def test_every_state_and_transition_is_drawn(definition: Definition) -> None:
    text = to_mermaid(definition)
    name = names(text)
    edges = re.findall(r"^ +(s\d+) -\S*(?:\|.*\|)? (s\d+)$", text, re.MULTILINE)
    assert set(name.values()) == set(definition["States"])
    assert {(name[source], name[target]) for source, target in edges} == transitions(definition)


def test_a_catch_is_dashed_and_labelled_beside_the_transition_between_the_same_states() -> None:
    lines = to_mermaid(machine(A=task("B", Declined="B"), B=task())).splitlines()
    assert [line.strip() for line in lines if line.startswith("    s0 ")] == ["s0 --> s1", 's0 -.->|"Declined"| s1']


def test_special_characters_of_mermaid_are_escaped() -> None:
    text = to_mermaid(machine(**{'<b>"#1|"</b>': task()}))
    assert '"#60;b#62;#34;#35;1#124;#34;#60;/b#62;<br/>Task (end)"' in text


def test_ends_are_round() -> None:
    text = to_mermaid(machine(Pay=task("Done", Declined="Undone"), Done=task(), Undone={"Type": "Fail"}))
    assert [line.strip() for line in text.splitlines() if "<br/>" in line] == [
        's0["Pay<br/>Task"]',
        's1(["Done<br/>Task (end)"])',
        's2(["Undone<br/>Fail"])',
    ]


def test_outcomes_have_text_and_colours() -> None:
    text = to_mermaid(machine(A=task("B"), B=task()), {"A": StateStatus(Outcome.CAUGHT, 1)})
    assert "A<br/>! caught error · 1 retry" in text
    assert "B<br/>· not reached" in text
    assert len(set(re.findall(r"style s\d (.*)", text))) == 2
