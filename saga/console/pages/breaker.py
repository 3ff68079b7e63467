"""The circuit breaker around the payment gateway."""

from nicegui import ui

from saga.console.elements import piece
from saga.console.frame import Console, frame
from saga.console.html import Html, tag
from saga.console.poller import Poller
from saga.console.words import ago, pill
from saga.operations.breaker import Breaker

_STATES = {
    "CLOSED": ("✓", "succeeded", "Calls reach the gateway."),
    "OPEN": ("✗", "failed", "Calls fail at once, as transient errors: the saga tries again later, then undoes."),
    "HALF_OPEN": ("▸", "running", "One call is let through to see whether the gateway answers again."),
}
_UNKNOWN = ("?", "not_reached", "This state is not known here.")


def add(console: Console) -> None:
    """Adds the page."""

    @ui.page("/breaker")
    def breaker() -> None:
        with frame(console, "Circuit breaker", "/breaker") as page:
            piece(tag("h1", "Circuit breaker"))
            piece(tag("p", "It stands before the payment gateway, for all functions at once.", class_="muted"))
            state = piece(classes="card").props("hidden")

            def show(found: Breaker) -> None:
                state.props(remove="hidden")
                state.set_content(shown(found, writable=console.source.environment().writable))

            Poller(page.kind, console.source.breaker, show, page.fail).start()


def shown(breaker: Breaker, *, writable: bool) -> Html:
    """The state in words, and a button that closes it."""
    glyph, look, words = _STATES.get(breaker.state, _UNKNOWN)
    pairs = {
        "Open since": "it is closed" if breaker.since is None else ago(breaker.since),
        "Failures in a row": breaker.failures,
    }
    facts = tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs.items()), class_="facts")
    reset = _reset() if writable and breaker.state != "CLOSED" else None
    state = tag("p", pill(breaker.state.replace("_", " "), glyph, f"{look} big"), " ", words)
    return tag("div", state, facts, reset, class_="pad stack")


def _reset() -> Html:
    button = tag("button", "Close it now", class_="button main", type="submit")
    return tag("form", button, tag("p", class_="said", role="status"), action="/breaker/reset", data_send=True)
