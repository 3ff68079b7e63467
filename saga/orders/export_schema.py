"""The JSON format of an exported order. Fields that are not listed, such as a later version's, are allowed."""
# ruff: noqa: UP013 - classes would triple the length

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from pydantic import AfterValidator, BeforeValidator, PlainValidator, TypeAdapter, with_config

from saga.graph.asl import parse
from saga.http import Json
from saga.orders.model import details
from saga.stack.kinds import RETURN, kind_of
from saga.text.times import milliseconds

FORMAT: Literal["order-saga/record/1"] = "order-saga/record/1"

type _Object = dict[str, Any]
type _Time = Annotated[str, AfterValidator(milliseconds)]

_Item = TypedDict("_Item", {"productId": str, "quantity": int})
_Line = TypedDict("_Line", {"productId": str, "quantity": int, "price": float})
_Reason = TypedDict("_Reason", {"reason": str, "cause": str, "text": NotRequired[str]})
_Parked = TypedDict("_Parked", {"at": _Time, "notUndone": list[str], "undone": list[str], "failures": _Object})
_Paused = TypedDict("_Paused", {"reason": str, "attempts": int, "since": _Time, "nextAttemptAt": NotRequired[_Time]})
_Order = TypedDict(
    "_Order",
    {
        "orderId": str,
        "status": Literal["PENDING", "CONFIRMED", "CANCELLING", "FAILED"],
        "customerId": str,
        "items": list[_Line],
        "totalAmount": float,
        "createdAt": _Time,
        "updatedAt": _Time,
        "reason": NotRequired[_Reason],
        "paused": NotRequired[_Paused],
        "parked": NotRequired[_Parked],
    },
)
_Incomplete = TypedDict("_Incomplete", {"at": _Time, "notDone": list[str], "done": list[str], "failures": _Object})
_Return = TypedDict(
    "_Return",
    {
        "orderId": str,
        "kind": Literal["return"],
        "status": Literal["PENDING", "CONFIRMED"],
        "returnOf": str,
        "items": list[_Item],
        "refundAmount": float,
        "createdAt": _Time,
        "updatedAt": _Time,
        "text": NotRequired[str],
        "paused": NotRequired[_Paused],
        "parked": NotRequired[_Incomplete],
    },
)
_STRICT = with_config(strict=True, allow_inf_nan=False)
_ORDER, _RETURN = TypeAdapter(_STRICT(_Order)), TypeAdapter(_STRICT(_Return))


def _of_its_kind(value: Json) -> Json:
    """Validate an order, a transaction, which is like an order, or a return."""
    is_return = isinstance(value, dict) and kind_of(value) == RETURN
    return (_RETURN if is_return else _ORDER).validate_python(value)


_Intent = TypedDict("_Intent", {"status": str, "amount": float, "taken": float, "refunded": float})
_Payment = TypedDict(
    "_Payment", {"intentId": str | None, "amount": float, "status": str, "intent": NotRequired[_Intent]}
)

# In every step's detail, `amount` is money and `items` are pieces of products.
_Detail = TypedDict(
    "_Detail",
    {
        "items": list[_Item],
        "amount": float,
        "charged": float,
        "totalAmount": float,
        "refundAmount": float,
        "notUndone": list[str],
        "notDone": list[str],
        "failures": _Object,
    },
    total=False,
)
_Event = TypedDict(
    "_Event",
    {
        "type": str,
        "at": _Time,
        "detail": _Detail,
        "startsSaga": bool,
        # Attributes that the type implies are left out.
        "saga": NotRequired[str],
        "state": NotRequired[str],
        "outcome": NotRequired[str],
        "error": NotRequired[str],
        "restsOn": NotRequired[list[str]],
    },
)

_Details = TypedDict("_Details", {"name": str, "error": str, "cause": str, "input": str, "output": str}, total=False)
_Entry = TypedDict("_Entry", {"id": int, "type": str, "timestamp": _Time, "details": _Details})


def _with_details(entry: Json) -> Json:
    """Return the entry with its details, whose name depends on its type, under `details`."""
    return {**entry, "details": details(entry)} if isinstance(entry, dict) else entry


def _require_name(entry: _Entry) -> _Entry:
    if entry["type"].endswith("StateEntered") and "name" not in entry["details"]:
        raise ValueError("the state has no name")
    return entry


_Execution = TypedDict(
    "_Execution",
    {
        "name": str,
        "status": str,
        "started": _Time,
        "stopped": _Time | None,
        "input": Json,
        "output": Json,
        "error": str | None,
        "cause": str | None,
        "trace": str | None,
        "history": list[Annotated[_Entry, BeforeValidator(_with_details), AfterValidator(_require_name)]],
    },
)

_Stack = TypedDict(
    "_Stack",
    {"name": str, "region": str, "place": str, "onEngine": bool, "workflowType": str, "stateMachine": str},
)
_Versions = TypedDict("_Versions", {"saga": str, "functions": _Object})
_Document = TypedDict(
    "_Document",
    {
        "format": Literal["order-saga/record/1"],
        "orderId": str,
        "stack": _Stack,
        "order": Annotated[Json, PlainValidator(_of_its_kind)],
        "events": list[_Event],
        "payment": _Payment | None,
        "executions": list[_Execution],
        "definition": Annotated[_Object, AfterValidator(parse)],
        "versions": _Versions,
        "returns": NotRequired[list[_Return]],
    },
)

DOCUMENT = TypeAdapter(_STRICT(_Document))
