"""How long the command waits for an answer of the engine or of AWS before it gives up."""

from dataclasses import dataclass

DEFAULT = 15.0  # seconds: a function behind the API may take 10
LONGEST = 3600  # seconds: sockets cannot wait for ever


@dataclass
class Patience:
    """The option `--timeout` of this process."""

    seconds: float = DEFAULT


PATIENCE = Patience()
