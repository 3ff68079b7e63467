"""Where the console of AWS shows an order's last execution, its trace and its logs."""

from urllib.parse import quote

from saga.clock import iso
from saga.orders.api_view import milliseconds
from saga.orders.facts import Execution, Json
from saga.orders.record import Record

_SETTLING = 60_000  # milliseconds in which the last lines come


def links(record: Record) -> dict[str, str]:
    """By name: `execution`, `trace`, `logs`, as far as there is something to link to; none for the engine."""
    if record.stack["onEngine"] or not record.stack["stateMachine"].startswith("arn:aws:"):
        return {}
    last = record.executions[-1] if record.executions else None
    found = {
        "execution": _execution(record, last) if last and last.history else None,
        "trace": f"{_console(record)}#xray:traces/{last.trace}" if last and last.trace else None,
        "logs": _logs(record),
    }
    return {name: url for name, url in found.items() if url}


def _execution(record: Record, last: Execution) -> str:
    arn = record.stack["stateMachine"].replace(":stateMachine:", ":execution:")
    return f"{_console(record, 'states')}#/v2/executions/details/{arn}:{last.name}"


def _console(record: Record, service: str = "cloudwatch") -> str:
    region = record.stack["region"]
    return f"https://{region}.console.aws.amazon.com/{service}/home?region={region}"


def _logs(record: Record) -> str:
    """A Logs Insights query over the functions that the saga calls, in the console's own notation."""
    query = f"fields @timestamp, @log, @message | filter @message like /{record.order_id}/ | sort @timestamp asc"
    groups = [f"/aws/lambda/{record.stack['name']}-{function}" for function in record.versions["functions"]]
    detail = {
        "start": record.order["createdAt"],
        "end": iso(milliseconds(record.order["updatedAt"]) + _SETTLING),
        "timeType": "ABSOLUTE",
        "tz": "UTC",
        "editorString": query,
        "source": groups,
    }
    notation = quote(f"?queryDetail={_notation(detail)}", safe="*").replace("%", "$")
    return f"{_console(record)}#logsV2:logs-insights{notation}"


def _notation(value: Json) -> str:
    match value:
        case dict():
            return "~(" + "~".join(f"{name}{_notation(each)}" for name, each in value.items()) + ")"
        case list():
            return "~(" + "".join(_notation(each) for each in value) + ")"
        case _:
            return "~'" + quote(str(value), safe="").replace("%", "*")
