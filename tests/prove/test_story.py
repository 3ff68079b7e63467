"""The story of a schedule."""

from tests.prove.story import Story


def told(*lines: str) -> list[str]:
    story = Story()
    for line in lines:
        story.tell("client", line)
    return list(story.lines())


def test_what_happens_is_told_in_order_with_a_number() -> None:
    assert told("asks", "is answered") == ["   1  client  asks", "   2  client  is answered"]


def test_what_is_done_again_and_again_is_told_once() -> None:
    assert told("begins", *3 * ("asks", "is answered"), "ends") == [
        "   1  client  begins",
        "   2  client  asks",
        "   3  client  is answered",
        "      … 2 to 3 again, 2 times",
        "   8  client  ends",
    ]


def test_executions_that_do_the_same_are_told_once() -> None:
    story = Story()
    for number in range(3):
        story.tell(f"E{number} order A", "ends FAILED")
    assert len(list(story.lines())) == 2


def test_what_is_done_twice_is_told_twice() -> None:
    assert len(told("asks", "asks")) == 2
