"""Functions that start fast: a worker is forked from a process that has imported its code already.

The engine starts a `bootstrap` for each worker. That is `attach`, which asks the `starter` beside the engine for one,
and lives as long as that does. The starter, which has loaded boto3, forks a parent for each function. The parent
imports the handler and forks the workers. Until then, there are neither threads nor open connections.
"""
