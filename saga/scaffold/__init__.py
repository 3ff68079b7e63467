"""Writes what a new step of a saga needs. It works on text: the project that it is run in need not be importable."""
