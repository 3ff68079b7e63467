"""The web application, with its pages, routes, assets and access control, and its server."""

import hashlib
import socket
from pathlib import Path
from urllib.parse import quote

import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi.responses import Response
from nicegui import app as nicegui_app
from nicegui import ui
from starlette.types import ASGIApp

from saga.console import pages, routes
from saga.console.html import join, tag
from saga.console.layout import LOGO, NAME
from saga.console.security import Guard, Token
from saga.console.sources.source import Source
from saga.failures import Failure
from saga.graph.theme import DARK, LIGHT, Palette

_GRACE_SECONDS = 1  # for open connections at shutdown: browsers keep theirs open
_STATIC = Path(__file__).parent / "static"
_ICON = "data:image/svg+xml," + quote(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f6e66"/>'
    f'<path d="{LOGO}" fill="none" stroke="#fff" stroke-width="3"/></svg>'
)


def build(source: Source, token: Token) -> ASGIApp:
    """Return the console of a source. A process can have only one."""
    app = FastAPI(title=NAME, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(Failure, routes.answer_failure)
    app.include_router(routes.reads(source))
    app.include_router(routes.writes(source, token))
    nicegui_app.config.quasar_config["loadingBar"]["skipHijack"] = True  # its loading bar has no accessible name
    _add_assets()
    pages.add(source, token)
    ui.run_with(
        app,
        title=NAME,
        favicon=_ICON,
        dark=None,
        language="en-US",
        tailwind=False,
        show_welcome_message=False,
        reconnect_timeout=10,
    )
    return Guard(app)


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


def _add_assets() -> None:
    router = APIRouter()
    style, order_style, script = (
        (_STATIC / name).read_text(encoding="utf-8") for name in ("console.css", "order.css", "console.js")
    )
    links = join(
        tag("link", rel="stylesheet", href=_add_asset(router, "css", "text/css", _palettes() + style + order_style)),
        tag("script", src=_add_asset(router, "js", "text/javascript", script), defer=True),
    )
    nicegui_app.include_router(router)
    ui.add_head_html(links, shared=True)


def _palettes() -> str:
    """Return the drawing's colours as CSS variables: `--failed-fill`, `--failed-line`, `--failed-text` and so on."""
    return f":root{{{_variables(LIGHT)}}}\n@media (prefers-color-scheme: dark){{:root{{{_variables(DARK)}}}}}\n"


def _variables(palette: Palette) -> str:
    return "".join(
        f"--{name}-fill:{fill};--{name}-line:{line};--{name}-text:{text};"
        for name, (fill, line, text) in palette.items()
    )


def _add_asset(router: APIRouter, suffix: str, media_type: str, content: str) -> str:
    """Serve an asset at a path that changes with its content, so a browser never uses an old one."""
    path = f"/assets/console-{hashlib.sha256(content.encode()).hexdigest()[:12]}.{suffix}"
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    router.add_api_route(path, lambda: Response(content, media_type=media_type, headers=headers))
    return path
