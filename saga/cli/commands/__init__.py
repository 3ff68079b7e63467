"""The commands, one module for each group. `saga.cli.app` lists them and imports a module when its command runs."""
