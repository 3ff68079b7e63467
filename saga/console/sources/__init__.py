"""Where the console reads from: a stack, or a file with one exported order."""
