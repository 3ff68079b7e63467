"""Money, durations, times and foreign text, as people and programs read them. One formatter for each."""
