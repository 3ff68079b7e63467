"""Colours of the drawing, as literals: the PNG renderer knows no CSS variables."""

from typing import Literal

type Theme = Literal["auto", "light", "dark"]

# name: fill, border, text
type Palette = dict[str, tuple[str, str, str]]

LIGHT: Palette = {
    "canvas": ("#ffffff", "#ffffff", "#3d4852"),
    "plain": ("#eef4fb", "#5b7a9d", "#17324d"),
    "succeeded": ("#e5f5ea", "#1a7f37", "#0f4d21"),
    "caught": ("#fff3dc", "#b35900", "#6b3600"),
    "failed": ("#fdeaea", "#c62828", "#7d1616"),
    "running": ("#e4efff", "#0b62d6", "#083b80"),
    "not_reached": ("#ffffff", "#a3adb8", "#5c6670"),
    "next": ("none", "#4a5a6a", "#3d4852"),
    "catch": ("none", "#b35900", "#8a4500"),
}

DARK: Palette = {
    "canvas": ("#12181f", "#12181f", "#c4ced8"),
    "plain": ("#1d2d3f", "#7396bd", "#dbe8f6"),
    "succeeded": ("#12311c", "#4cc06d", "#b9efc8"),
    "caught": ("#3a2608", "#e39b3d", "#ffdfae"),
    "failed": ("#421819", "#f2777a", "#ffd0d0"),
    "running": ("#102d55", "#6aa9ff", "#d3e5ff"),
    "not_reached": ("#12181f", "#66727f", "#9fabb7"),
    "next": ("none", "#9fb0c1", "#c4ced8"),
    "catch": ("none", "#e39b3d", "#f0b66a"),
}
