"""The graph and its slider in a page: it goes with the order as it runs, unless it is moved back."""

from dataclasses import dataclass, field

from nicegui import events, ui

from saga.console.elements import piece
from saga.console.html import Html, join, tag
from saga.console.sections.replay import graph, position
from saga.orders.record import Record
from saga.orders.states import moments

_SLIDER = 'type=range min=0 max=0 value=0 step=1 id=moment aria-label="Moment of the order" aria-valuetext=Latest'


@dataclass
class Replay:
    """`at` is the moment that is shown, in milliseconds since the epoch; None follows what happens."""

    at: int | None
    _record: Record | None = field(default=None, init=False)
    _stops: list[int] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        """Makes its elements, empty."""
        with ui.element("div").classes("replay"):
            piece(_buttons(("previous", "◀", "An event back"), ("next", "▶", "An event on")), "span")
            self._slider = ui.element("input").props(_SLIDER)
            self._slider.on("input", self._moved, js_handler="(event) => emit(Number(event.target.value))")
            piece(_buttons(("latest", "Latest", "Show the latest")), "span")
            self._position = piece(tag="output", classes="position").props("for=moment")
        scroll = 'tabindex=0 role=region aria-label="Graph of the states"'
        self._graph = piece(classes="drawing").props(scroll)

    def show(self, record: Record) -> None:
        """Shows what is new; where the slider was moved back, it stays."""
        self._record, self._stops = record, moments(record)
        self._slider.props["max"] = max(0, len(self._stops) - 1)
        self._slider.props["data-moments"] = " ".join(map(str, self._stops))
        self._slider.props["value"] = self._index()
        self._draw()

    def _index(self) -> int:
        """Where the slider stands: on the last stop that is not after the moment."""
        if self.at is None:
            return max(0, len(self._stops) - 1)
        return max(0, sum(stop <= self.at for stop in self._stops) - 1)

    def _moved(self, event: events.GenericEventArguments) -> None:
        index = int(event.args)
        self.at = None if index >= len(self._stops) - 1 else self._stops[max(0, index)]
        self._slider.props["value"] = index
        self._draw()

    def _draw(self) -> None:
        if self._record is None:
            return
        words = position(self._record, self.at)
        self._slider.props["aria-valuetext"] = words
        self._position.set_content(tag("span", words))
        self._graph.set_content(graph(self._record, self.at))
        self._slider.update()


def _buttons(*buttons: tuple[str, str, str]) -> Html:
    return join(
        *(
            tag("button", sign, class_="button small", data_step=step, aria_label=label, title=label)
            for step, sign, label in buttons
        )
    )
