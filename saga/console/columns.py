"""The columns of a table: which are numbers, and which are left out on a narrow screen."""

from dataclasses import dataclass

from saga.console.html import Content, Html, join, tag


@dataclass(frozen=True)
class Column:
    """`number` is set to the right; `wide` is shown where there is room."""

    name: str
    number: bool = False
    wide: bool = False

    @property
    def style(self) -> str | None:
        """The classes of its cells."""
        return " ".join([*(["number"] if self.number else []), *(["wide"] if self.wide else [])]) or None


def header(columns: tuple[Column, ...]) -> Html:
    """The row of their names."""
    return tag("tr", *(tag("th", column.name, scope="col", class_=column.style) for column in columns))


def cells(columns: tuple[Column, ...], *contents: Content) -> Html:
    """The cells of a row, one for each column."""
    return join(*(tag("td", content, class_=column.style) for column, content in zip(columns, contents, strict=True)))
