"""The web server of the console."""

import socket

import uvicorn
from starlette.types import ASGIApp

from saga.console.app import build
from saga.console.security import Token
from saga.console.sources.source import Source

_GRACE_SECONDS = 1  # for open connections at shutdown: browsers keep theirs open


def config(app: ASGIApp) -> uvicorn.Config:
    """Return the server's configuration."""
    return uvicorn.Config(
        app,
        log_level="warning",
        ws="websockets-sansio",
        proxy_headers=False,  # there is no proxy
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def serve(source: Source, listener: socket.socket) -> None:
    """Serve on a listening socket until SIGINT or SIGTERM."""
    uvicorn.Server(config(build(source, Token()))).run(sockets=[listener])
