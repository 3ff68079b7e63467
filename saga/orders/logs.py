"""What all functions logged about one order, from one CloudWatch Logs Insights query."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from saga.failures import Failure, TimedOut
from saga.http import Json
from saga.orders.model import parsed
from saga.orders.reader import status
from saga.stack.stack import Stack
from saga.text.times import milliseconds, now

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_MOST_LINES, _MOST_GROUPS = 10_000, 50  # limits of a query
_BEFORE, _AFTER = 60, 86_400  # seconds around the order's time; AWS charges for what is searched
_POLL, _LONGEST_QUERY = 0.2, 60  # seconds
_COMMON_FIELDS = frozenset(
    {"level", "message", "timestamp", "location", "service", "cold_start", "correlation_id", "xray_trace_id"}
)
_DONE, _RUNNING = "Complete", ("Scheduled", "Running", "Unknown")


@dataclass(frozen=True)
class LogLine:
    """A log line. `at` is ms since the epoch; `function` is without the stack's name; `text` is the whole line.

    `level` and `message` are empty if the line is not JSON.
    """

    at: int
    function: str
    level: str
    message: str
    text: str

    @property
    def more(self) -> str:
        """The fields that not every line has."""
        fields = {name: value for name, value in _fields(self.text).items() if name not in _COMMON_FIELDS}
        return ", ".join(f"{name} {value}" for name, value in fields.items() if not name.startswith("function_"))


def read_logs(stack: Stack, order_id: str) -> list[LogLine]:
    """Return all lines that name the order, oldest first. On AWS, the newest may take seconds to arrive.

    Raises:
        NoSuchOrder: no order has this ID.
        TimedOut: the query takes too long.
        Failure: the query fails, or there are no log groups.
    """
    order = status(stack, order_id)
    client, prefix = stack.session.client("logs"), f"/aws/lambda/{stack.name}-"
    pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
    groups = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    if not groups:
        raise Failure(f"no log groups begin with {prefix}")
    query = client.start_query(
        logGroupNames=groups[:_MOST_GROUPS],
        startTime=milliseconds(order["createdAt"]) // 1000 - _BEFORE,
        endTime=min(now(), milliseconds(order["updatedAt"]) + _AFTER * 1000) // 1000 + 1,
        queryString=f"fields @timestamp, @log, @message | filter @message like /{order['orderId']}/ "
        f"| sort @timestamp asc | limit {_MOST_LINES}",
    )
    return [_line(prefix, row) for row in _results(client, query["queryId"])]


def _results(client: "CloudWatchLogsClient", query: str) -> Json:
    deadline = time.monotonic() + _LONGEST_QUERY
    while (response := client.get_query_results(queryId=query))["status"] in _RUNNING:
        if time.monotonic() > deadline:
            client.stop_query(queryId=query)
            raise TimedOut(f"the log query took longer than {_LONGEST_QUERY} s")
        time.sleep(_POLL)
    if response["status"] != _DONE:
        raise Failure(f"the log query ended as {response['status']}")
    return response["results"]


def _line(prefix: str, row: Json) -> LogLine:
    fields = {field["field"]: field["value"] for field in row}
    at = milliseconds(datetime.fromisoformat(fields["@timestamp"]).replace(tzinfo=UTC))
    text = fields["@message"].rstrip()
    line = _fields(text)
    function = fields["@log"].partition(prefix)[2]  # on AWS, the account precedes it
    return LogLine(at, function, str(line.get("level", "")), str(line.get("message", "")), text)


def _fields(text: str) -> dict[str, Json]:
    fields = parsed(text)
    return fields if isinstance(fields, dict) else {}
