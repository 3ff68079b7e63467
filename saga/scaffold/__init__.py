"""Generates the code of a new step. It works on text, so it never imports the project that it changes."""
