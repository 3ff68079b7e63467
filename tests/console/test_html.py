"""Escaping in HTML."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from saga.console.html import Html, join, tag


class Reader(HTMLParser):
    """Records what a browser would see."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(), st.text())
def test_any_text_stays_text(text: str, value: str) -> None:
    read = Reader(tag("p", text, title=value))
    assert read.tags == [("p", [("title", value)])]
    assert read.text == text


def test_markup_is_not_escaped_twice() -> None:
    assert tag("p", tag("b", "<")) == "<p><b>&lt;</b></p>"
    assert isinstance(join("a", tag("b")), Html)


def test_attributes_follow_the_rules_of_html() -> None:
    made = tag("input", class_="a", aria_label="b", required=True, disabled=False, value=None, max=3)
    assert made == '<input class="a" aria-label="b" required max="3">'


def test_none_is_left_out() -> None:
    assert tag("p", None, "a", None) == "<p>a</p>"
