"""What all functions logged about one order, by one query of CloudWatch Logs Insights."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from saga.clock import now
from saga.failure import Failure, TimedOut
from saga.orders.api_view import milliseconds
from saga.orders.facts import Json
from saga.orders.reading import status
from saga.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import ResultFieldTypeDef

_MOST = 10_000  # lines, as many as a query gives
_GROUPS_AT_ONCE = 50
_BEFORE, _AFTER, _POLL, _PATIENCE = 60, 86_400, 0.2, 60  # seconds; what is searched is paid for
_USUAL = frozenset(
    {"level", "message", "timestamp", "location", "service", "cold_start", "correlation_id", "xray_trace_id"}
)
_DONE, _UNDER_WAY = "Complete", ("Scheduled", "Running", "Unknown")


@dataclass(frozen=True)
class LogLine:
    """One line. `at` in milliseconds since the epoch; `function` as in the template, without the stack's name.

    `level` and `message` are empty for a line that is not JSON; `text` is the line as it was written.
    """

    at: int
    function: str
    level: str
    message: str
    text: str

    @property
    def more(self) -> str:
        """What else the line tells that is not about the function or the order."""
        told = {name: value for name, value in _json(self.text).items() if name not in _USUAL}
        return ", ".join(f"{name} {value}" for name, value in told.items() if not name.startswith("function_"))


def logs(stack: Stack, order_id: str) -> list[LogLine]:
    """All lines of all functions that name the order, oldest first; the newest may take seconds to arrive on AWS.

    Raises NoSuchOrder, and TimedOut when the query does not end within a minute.
    """
    order = status(stack, order_id)
    client = stack.session.client("logs")
    prefix = f"/aws/lambda/{stack.name}-"
    query = client.start_query(
        logGroupNames=_groups(client, prefix),
        startTime=milliseconds(order["createdAt"]) // 1000 - _BEFORE,
        endTime=min(now(), milliseconds(order["updatedAt"]) + _AFTER * 1000) // 1000 + 1,
        queryString=f"fields @timestamp, @log, @message | filter @message like /{order['orderId']}/ "
        f"| sort @timestamp asc | limit {_MOST}",
    )
    return [_line(prefix, row) for row in _results(client, query["queryId"])]


def _groups(client: "CloudWatchLogsClient", prefix: str) -> list[str]:
    pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
    names = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    if not names:
        raise Failure(f"there are no log groups {prefix}*")
    return names[:_GROUPS_AT_ONCE]


def _results(client: "CloudWatchLogsClient", query: str) -> "Sequence[Sequence[ResultFieldTypeDef]]":
    deadline = time.monotonic() + _PATIENCE
    while (answer := client.get_query_results(queryId=query))["status"] in _UNDER_WAY:
        if time.monotonic() > deadline:
            client.stop_query(queryId=query)
            raise TimedOut(f"the query of the logs did not end within {_PATIENCE} s")
        time.sleep(_POLL)
    if answer["status"] != _DONE:
        raise Failure(f"the query of the logs is {answer['status']}")
    return answer["results"]


def _line(prefix: str, row: "Sequence[ResultFieldTypeDef]") -> LogLine:
    fields = {field["field"]: field["value"] for field in row}
    at = datetime.fromisoformat(fields["@timestamp"]).replace(tzinfo=UTC)
    text = fields["@message"].rstrip()
    told = _json(text)
    function = fields["@log"].partition(prefix)[2]  # on AWS the account stands before it
    return LogLine(milliseconds(at), function, str(told.get("level", "")), str(told.get("message", "")), text)


def _json(text: str) -> dict[str, Json]:
    try:
        parsed = json.loads(text)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
