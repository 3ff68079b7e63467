"""The graph of an order and the slider that shows it at an earlier moment."""

from dataclasses import dataclass, field

from nicegui import events, ui

from saga.console.elements import markup, scrollable
from saga.console.html import Html, join, tag
from saga.graph import render
from saga.orders.attempts import attempts
from saga.orders.record import Record
from saga.orders.states import moments, statuses
from saga.text.durations import duration
from saga.text.times import clock

_SLIDER = 'type=range min=0 max=0 value=0 step=1 id=moment aria-label="Moment of the order" aria-valuetext=Latest'


@dataclass
class TimeTravel:
    """`at` is the moment shown, in milliseconds since the epoch; None follows the order as it runs."""

    at: int | None
    _record: Record | None = field(default=None, init=False)
    _moments: list[int] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        """Add the elements."""
        with ui.element("div").classes("time-travel"):
            markup(join(_button("previous", "◀", "Previous event"), _button("next", "▶", "Next event")), "span")
            self._slider = ui.element("input").props(_SLIDER)
            self._slider.on("input", self._move, js_handler="(event) => emit(Number(event.target.value))")
            markup(_button("latest", "Latest", "Latest event"), "span")
            self._position = markup(tag="output", classes="position").props("for=moment")
        self._graph = scrollable(markup(classes="drawing"), "Graph of the states")

    def show(self, record: Record) -> None:
        """Show a new record. A slider that was moved back stays where it is."""
        self._record, self._moments = record, moments(record)
        self._slider.props["max"] = max(0, len(self._moments) - 1)
        self._slider.props["data-moments"] = " ".join(map(str, self._moments))
        self._slider.props["value"] = self._index()
        self._draw()

    def _index(self) -> int:
        """Return the position of the slider: the last moment that isn't after `at`."""
        passed = len(self._moments) if self.at is None else sum(moment <= self.at for moment in self._moments)
        return max(0, passed - 1)

    def _move(self, event: events.GenericEventArguments) -> None:
        index = int(event.args)
        self.at = None if index >= len(self._moments) - 1 else self._moments[max(0, index)]
        self._slider.props["value"] = index
        self._draw()

    def _draw(self) -> None:
        if self._record is None:
            return
        text = position(self._record, self.at)
        self._slider.props["aria-valuetext"] = text
        self._position.set_content(tag("span", text))
        self._graph.set_content(Html(render(self._record.definition, statuses(self._record, self.at))))
        self._slider.update()


def position(record: Record, at: int | None) -> str:
    """Return a moment in words: the time, how long after the start it was, and what happened."""
    found = moments(record)
    if not found:
        return "Nothing has happened yet"
    moment = found[-1] if at is None else at
    text = f"{clock(moment)}, +{duration(moment - found[0])}: {_happened(record, moment) or 'no change'}"
    return f"Latest: {text}" if at is None else text


def _happened(record: Record, at: int) -> str:
    events = [event.type for event in record.events if event.at == at]
    changed = [each for each in attempts(record) if at in (each.started, each.ended)]
    ended = [f"{each.state} {each.outcome.value}" for each in changed if each.ended == at]
    started = [f"{each.state} starts" for each in changed if each.ended != at]
    return ", ".join([*events, *ended, *started])


def _button(step: str, text: str, label: str) -> Html:
    return tag("button", text, class_="button small", data_step=step, aria_label=label, title=label)
