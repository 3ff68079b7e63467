"""Runs the application on a laptop: deploys it to the engine, with a catalogue and three orders."""
