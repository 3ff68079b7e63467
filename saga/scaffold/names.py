"""The names of a new step: those of its states and its participant are given, and the others follow from them."""

import builtins
import keyword
import re
from importlib.util import find_spec

from saga.failure import UsageFailure

_STATE, _PARTICIPANT = re.compile("[A-Z][a-z]+([A-Z][a-z0-9]+)+"), re.compile("[a-z][a-z0-9_]*")
_LONGEST = 40  # letters: a function's name has at most 64, the stack's included
_TAKEN = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "store"}  # the last is a module beside the entry points
_IRREGULAR = {
    "Buy": "Bought",
    "Give": "Given",
    "Hold": "Held",
    "Keep": "Kept",
    "Make": "Made",
    "Pay": "Paid",
    "Put": "Put",
    "Refer": "Referred",
    "Send": "Sent",
    "Set": "Set",
    "Take": "Taken",
    "Win": "Won",
    "Write": "Written",
}
_DOUBLED = re.compile("[^aeiou]*[aeiou][^aeiouwxy]|.*[^aeiou][aeiou]l", re.IGNORECASE)  # Ship, Cancel; not Book, Sail


def names(
    step: str, undo: str, participant: str, event: str | None = None, undo_event: str | None = None
) -> dict[str, str]:
    """Gives all names by what they are for. Raises UsageFailure when a name cannot be used."""
    if not _PARTICIPANT.fullmatch(participant) or participant in (*keyword.kwlist, "sagakit", "tests"):
        raise UsageFailure(f"--participant {participant!r}: expected the name of a package, such as shipping")
    found = {"participant": participant}
    for prefix, state, told in (("", step, event), ("undo_", undo, undo_event)):
        for name in (state, told or state):
            if not _STATE.fullmatch(name) or len(name) > _LONGEST:
                raise UsageFailure(
                    f"{name!r}: expected two words or more, such as BookShipment, at most {_LONGEST} letters"
                )
        verb, noun = _verb_and_noun(state)
        if verb.lower() in {*_TAKEN, found.get("entry")}:
            raise UsageFailure(f"{state}: no function can be called {verb.lower()!r} here; choose another verb")
        own = {"state": state, "entry": verb.lower(), "stem": snake(state), "constant": verb.upper()}
        own |= {"done": past(verb).lower(), "event": told or f"{noun}{past(verb)}"}
        found |= {f"{prefix}{kind}": name for kind, name in own.items()}
    if found["event"] == found["undo_event"]:
        raise UsageFailure(f"{found['event']}: the step and what undoes it need an event each")
    _, noun = _verb_and_noun(step)
    return {**found, "thing": snake(noun).replace("_", " "), **table(plural(noun))}


def table(things: str) -> dict[str, str]:
    """The names of a table of such things."""
    return {"Things": things, "rows": snake(things)}


def require_free(participant: str) -> None:
    """Raises UsageFailure when a package of this name would hide another module, or be hidden by it."""
    if find_spec(participant):
        raise UsageFailure(f"--participant {participant!r}: another module has this name; choose another one")


def past(verb: str) -> str:
    """The participle of a verb, by a small rule; where it is wrong, an option says the event's name."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if _DOUBLED.fullmatch(verb):
        return f"{verb}{verb[-1]}ed"
    return f"{re.sub('(?<![aeiou])y$', 'i', verb.removesuffix('e'))}ed"


def plural(noun: str) -> str:
    """More than one of it."""
    if re.search("(s|x|z|ch|sh)$", noun):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"


def snake(name: str) -> str:
    """The name in the letters of a file: book_shipment."""
    return re.sub("(?<!^)(?=[A-Z])", "_", name).lower()


def _verb_and_noun(state: str) -> tuple[str, str]:
    verb = snake(state).partition("_")[0]
    return verb.capitalize(), state[len(verb) :]
