"""The web console: pages on loopback over the same views as the command."""
