"""Draws an ASL state machine: as SVG, PNG, Mermaid, and for the terminal."""

from saga.graph.asl import DefinitionError
from saga.graph.formats import FontError, to_png
from saga.graph.mermaid import to_mermaid
from saga.graph.outcome import Outcome, StateStatus
from saga.graph.svg import render
from saga.graph.terminal import to_text

__all__ = ["DefinitionError", "FontError", "Outcome", "StateStatus", "render", "to_mermaid", "to_png", "to_text"]
