"""The command line: its commands, the options that they share, and how they print results and report errors."""
