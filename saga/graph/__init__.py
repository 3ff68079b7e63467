"""Draws an ASL state machine as SVG or Mermaid; `formats` adds PNG and `terminal` text, whose libraries load slowly."""

from saga.graph.asl import DefinitionError
from saga.graph.mermaid import to_mermaid
from saga.graph.outcome import Outcome, StateStatus
from saga.graph.svg import render

__all__ = ["DefinitionError", "Outcome", "StateStatus", "render", "to_mermaid"]
