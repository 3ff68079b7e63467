"""The application: pages, what they can do, what can be taken away, and who is let in."""

import hashlib
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, FastAPI
from fastapi.responses import RedirectResponse, Response
from nicegui import app as pages_app
from nicegui import ui
from starlette.types import ASGIApp

from saga.console import pages, theme
from saga.console.downloads import downloads
from saga.console.frame import LOGO, NAME, Console
from saga.console.html import join, tag
from saga.console.security import Guard, Token
from saga.console.source import Kind, Source
from saga.console.writes import writes
from saga.orders.listing import Filter
from saga.orders.record import Json

_STATIC = Path(__file__).parent / "static"
_ICON = "data:image/svg+xml," + quote(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f6e66"/>'
    f'<path d="{LOGO}" fill="none" stroke="#fff" stroke-width="3"/></svg>'
)


def build(source: Source, token: Token) -> ASGIApp:
    """The console of a source; one in a process."""
    app = FastAPI(title=NAME, docs_url=None, redoc_url=None, openapi_url=None)
    for router in (_ways(source), downloads(source), writes(source, token)):
        app.include_router(router)
    pages_app.config.quasar_config["loadingBar"]["skipHijack"] = True  # else it shows one without a name
    _add_assets()
    pages.add(Console(source, token))
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


def _add_assets() -> None:
    """They change with their content, so that a browser never keeps old ones."""
    style = theme.variables() + _read("console.css") + _read("order.css")
    script = _read("console.js")
    served = APIRouter()
    links = join(
        tag("link", rel="stylesheet", href=_serve(served, "css", "text/css", style)),
        tag("script", src=_serve(served, "js", "text/javascript", script), defer=True),
    )
    pages_app.include_router(served)
    ui.add_head_html(links, shared=True)


def _read(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


def _serve(router: APIRouter, ending: str, media_type: str, content: str) -> str:
    path = f"/assets/console-{hashlib.sha256(content.encode()).hexdigest()[:12]}.{ending}"
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    router.add_api_route(path, lambda: Response(content, media_type=media_type, headers=headers))
    return path


def _ways(source: Source) -> APIRouter:
    """Where short addresses lead."""
    router = APIRouter()

    @router.get("/")
    def start() -> RedirectResponse:
        if source.environment().kind is not Kind.FILE:
            return RedirectResponse("/orders", 303)
        return RedirectResponse(f"/orders/{quote(source.orders(Filter())[0]['orderId'], safe='')}", 303)

    @router.get("/find")
    def find(order: str) -> RedirectResponse:
        return RedirectResponse(f"/orders/{quote(order.strip(), safe='')}", 303)

    @router.get("/health")
    def health() -> Json:
        environment = source.environment()
        return {"console": NAME, "environment": environment.kind, "place": environment.place}

    return router
