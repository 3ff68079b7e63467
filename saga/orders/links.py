"""Links to an order's last execution, trace and logs in the AWS console."""

from urllib.parse import quote

from saga.orders.record import Record
from saga.text.times import iso, milliseconds

_LOG_DELAY = 60_000  # ms in which the last log lines arrive


def links(record: Record) -> dict[str, str]:
    """Return the URLs that exist, by name: `execution`, `trace`, `logs`. On the engine there are none."""
    if record.stack["onEngine"] or not record.stack["stateMachine"].startswith("arn:aws:"):
        return {}
    urls = {"logs": _logs(record)}
    last = record.executions[-1] if record.executions else None
    if last and last.history:
        arn = record.stack["stateMachine"].replace(":stateMachine:", ":execution:")
        urls["execution"] = f"{_console(record, 'states')}#/v2/executions/details/{arn}:{last.name}"
    if last and last.trace:
        urls["trace"] = f"{_console(record)}#xray:traces/{last.trace}"
    return urls


def _console(record: Record, service: str = "cloudwatch") -> str:
    region = record.stack["region"]
    return f"https://{region}.console.aws.amazon.com/{service}/home?region={region}"


def _logs(record: Record) -> str:
    query = f"fields @timestamp, @log, @message | filter @message like /{record.order_id}/ | sort @timestamp asc"
    groups = [f"/aws/lambda/{record.stack['name']}-{function}" for function in record.versions["functions"]]
    if record.stack["workflowType"] == "EXPRESS":
        groups.append(f"/aws/vendedlogs/states/{record.stack['name']}-{record.kind.capitalize()}Saga")
    values = {
        "start": record.order["createdAt"],
        "end": iso(milliseconds(record.order["updatedAt"]) + _LOG_DELAY),
        "timeType": "ABSOLUTE",
        "tz": "UTC",
        "editorString": query,
    }
    fields = "~".join(name + _encoded(value) for name, value in values.items())
    detail = f"~({fields}~source~({''.join(map(_encoded, groups))}))"
    fragment = quote(f"?queryDetail={detail}", safe="*").replace("%", "$")
    return f"{_console(record)}#logsV2:logs-insights{fragment}"


def _encoded(text: str) -> str:
    """Return the text in the console's own notation."""
    return "~'" + quote(text, safe="").replace("%", "*")
