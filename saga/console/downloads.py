"""What can be taken away: an order as `saga order export` writes it, and its graph."""

from urllib.parse import quote

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from saga.console.source import Source
from saga.failure import Failure, NoSuchOrder, Unreachable
from saga.graph import render
from saga.orders.record import Record, to_json
from saga.orders.states import statuses

_STATUS = {NoSuchOrder: 404, Unreachable: 503}
_ELSE = 409


def downloads(source: Source) -> APIRouter:
    """The routes; they read only."""
    router = APIRouter()

    @router.get("/orders/{order_id}/export.json")
    def export(order_id: str) -> Response:
        return _file(to_json(_record(source, order_id)), "application/json", f"{order_id}.json")

    @router.get("/orders/{order_id}/graph.svg")
    def graph(order_id: str, at: int | None = None) -> Response:
        record = _record(source, order_id)
        drawn = render(record.definition, statuses(record, at))
        return _file(drawn, "image/svg+xml", f"{order_id}.svg")

    return router


def _record(source: Source, order_id: str) -> Record:
    """Reads the order. Raises HTTPException with the words of the failure."""
    try:
        return source.record(order_id)
    except Failure as failure:
        raise HTTPException(_STATUS.get(type(failure), _ELSE), str(failure)) from failure


def _file(content: str, media_type: str, name: str) -> Response:
    headers = {
        "content-disposition": f"attachment; filename*=utf-8''{quote(name, safe='')}",
        "cache-control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)
