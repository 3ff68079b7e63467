"""Who may talk to the console: its own pages, under a loopback name.

The name is checked because a foreign page can make its own name resolve to 127.0.0.1, the origin because a foreign page
can open a websocket to any address. Writes also need a token, which only the console's own pages know.
"""

import secrets
from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSRF_HEADER = "x-saga-token"

_LOOPBACK = {"127.0.0.1", "localhost"}
_RESPONSE_HEADERS = {
    # Vue compiles its templates in the browser. Nothing is loaded from elsewhere, and nothing may frame the console.
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Guard:
    """Lets a request through if its host is a loopback name and its origin, if it has one, is the console."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve or refuse a request or a websocket."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if (refusal := _refusal(Headers(scope=scope))) is None:
            return await self._app(scope, receive, _hardened(send))
        if scope["type"] == "websocket":  # closing it before it is accepted answers 403
            return await send({"type": "websocket.close", "code": 1008})
        return await refusal(scope, receive, send)


class Token:
    """A secret of this process, written into its pages."""

    def __init__(self) -> None:
        self.value = secrets.token_urlsafe(32)

    def require(self, request: Request) -> None:
        """Check that the request carries the token.

        Raises:
            HTTPException: it doesn't (403).
        """
        sent = request.headers.get(CSRF_HEADER, "")
        if not secrets.compare_digest(sent.encode(), self.value.encode()):
            raise HTTPException(403, f"writes need the console's token in the header {CSRF_HEADER}")


def _refusal(headers: Headers) -> PlainTextResponse | None:
    hosts, origins = headers.getlist("host"), headers.getlist("origin")
    if len(hosts) != 1 or _name(hosts[0]) not in _LOOPBACK:
        return PlainTextResponse("The console answers only as 127.0.0.1 or localhost.\n", 400)
    if any(origin != f"http://{hosts[0]}" for origin in origins):
        return PlainTextResponse("The console answers only its own pages.\n", 403)
    return None


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _hardened(send: Send) -> Send:
    async def send_hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_RESPONSE_HEADERS)
        await send(message)

    return send_hardened
