"""Serves the console until it is told to stop."""

import socket

import uvicorn
from starlette.types import ASGIApp

from saga.console.app import build
from saga.console.security import Token
from saga.console.source import Source

_GRACE = 1  # second for open connections when it stops: browsers keep theirs for ever


def config(app: ASGIApp) -> uvicorn.Config:
    """How it is served."""
    return uvicorn.Config(
        app,
        log_level="warning",
        ws="websockets-sansio",
        proxy_headers=False,  # nobody stands before it
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )


def serve(source: Source, listener: socket.socket) -> None:
    """Serves on a socket that listens already; returns after SIGINT or SIGTERM."""
    uvicorn.Server(config(build(source, Token()))).run(sockets=[listener])
