"""What the definition says of its states: what undoes what, and where a saga ends."""

import re
from collections.abc import Mapping

from saga.orders.facts import Json

ENDS = ("Succeed", "Fail")


def compensations(definition: Json) -> dict[str, str]:
    """The state that each compensation undoes, as its Comment says, in the order in which they run."""
    comments = {name: str(state.get("Comment", "")) for name, state in definition["States"].items()}
    found = {name: re.match(r"Undoes (\w+)", comment) for name, comment in comments.items()}
    return {name: undoes[1] for name, undoes in found.items() if undoes}


def end_after(definition: Json, state: str, error: str) -> str | None:
    """The end to which a state leads, by its Next, or by the Catch of the error that it ended with."""
    states: Mapping[str, Json] = definition["States"]
    following = _following(states.get(state, {}), error)
    return following if states.get(following, {}).get("Type") in ENDS else None


def _following(state: Json, error: str) -> str:
    caught = (each for each in state.get("Catch", ()) if not {error, "States.ALL"}.isdisjoint(each["ErrorEquals"]))
    return str((next(caught, {}) if error else state).get("Next"))
