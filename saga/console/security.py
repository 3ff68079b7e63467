"""Who may talk to the console: pages of its own origin, asked for by a name of the loopback interface.

The name is checked because a foreign page can have its own name resolve to 127.0.0.1, the origin because a foreign page
can open a websocket to any address. Writes need a token besides, which only the console's own pages know.
"""

import secrets
from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_HEADER = "x-saga-token"  # noqa: S105 - its name, not the token

_LOOPBACK = {"127.0.0.1", "localhost"}
_SENT_WITH_ALL = {
    # Vue compiles its templates in the browser; nothing comes from elsewhere, and nobody frames the console.
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Guard:
    """Lets through what comes by a loopback name and, where it says its origin, from the console itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the request or the websocket, or refuses it."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if (refusal := _refusal(Headers(scope=scope))) is None:
            return await self._app(scope, receive, _hardened(send))
        return await _refuse(scope, receive, send, *refusal)


class Token:
    """Made anew for each process, and written into its pages."""

    def __init__(self) -> None:
        self.value = secrets.token_urlsafe(32)

    def require(self, request: Request) -> None:
        """Raises HTTPException 403 when the request does not carry the token."""
        given = request.headers.get(TOKEN_HEADER, "")
        if not secrets.compare_digest(given.encode(), self.value.encode()):
            raise HTTPException(403, f"a write needs the console's token in the header {TOKEN_HEADER}")


def _refusal(headers: Headers) -> tuple[int, str] | None:
    hosts, origins = headers.getlist("host"), headers.getlist("origin")
    if len(hosts) != 1 or _name(hosts[0]) not in _LOOPBACK:
        return 400, "The console answers to the names 127.0.0.1 and localhost only.\n"
    if any(origin != f"http://{hosts[0]}" for origin in origins):
        return 403, "The console answers to its own pages only.\n"
    return None


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, words: str) -> None:
    if scope["type"] == "websocket":  # closed before it is accepted, it is answered with 403
        await send({"type": "websocket.close", "code": 1008})
    else:
        await PlainTextResponse(words, status)(scope, receive, send)


def _hardened(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_SENT_WITH_ALL)
        await send(message)

    return sending
