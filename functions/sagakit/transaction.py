"""One transaction per decision, and what its cancellation means.

Cancellation reasons are ranked rather than read in DynamoDB's order: the step's own row (it has run before), the saga's
status, a conflict, then a rule such as the stock. So the loser of a race learns that another call has done its work.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from sagakit import dynamodb
from sagakit.dynamodb import Item, request
from sagakit.errors import TransientError
from sagakit.transient import classified

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

type Refusal = Callable[[Item | None], Exception]
type Refused = tuple[Rank, Exception]
type Request = TransactWriteItemTypeDef

ATTEMPTS = 8
FIRST_PAUSE, MAX_PAUSE = 0.02, 0.5  # seconds
BUSY = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class Rank(IntEnum):
    """Precedence of the reasons why a transaction was cancelled."""

    OWN_ROW = 0
    STATUS = 1
    BUSY = 2
    RULE = 3
    DEFECT = 4


@dataclass(frozen=True)
class Action:
    """One action of a transaction, and the error that its failed condition stands for."""

    request: Request
    rank: Rank
    refusal: Refusal


def action(kind: str, table: str, refusal: Refusal, rank: Rank = Rank.RULE, **arguments: Any) -> Action:  # noqa: ANN401
    """Build a Put or an Update that returns the current item if its condition fails.

    `arguments` are those of `dynamodb.request`: key or item, update, condition, and the values in them.
    """
    write: Any = {kind: {**request(table, **arguments), "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}}
    return Action(write, rank, refusal)


def transact(actions: Sequence[Action]) -> None:
    """Write all actions or none, retrying conflicts and throttles for a second or two.

    Raises:
        Exception: the refusal of the highest rank; TransientError if the conflict did not pass.
    """
    for attempt in range(ATTEMPTS):
        refused = _refused(actions)
        if refused is None:
            return
        rank, refusal = refused
        if rank is not Rank.BUSY or attempt == ATTEMPTS - 1:
            raise refusal
        _pause(attempt)


def _refused(actions: Sequence[Action]) -> Refused | None:
    try:
        dynamodb.client.transact_write_items(TransactItems=[each.request for each in actions])
    except dynamodb.client.exceptions.TransactionCanceledException as cancelled:
        return _reading(cancelled, actions)
    except (BotoCoreError, ClientError) as error:
        kind = classified(error)
        return (Rank.BUSY if isinstance(kind, TransientError) else Rank.DEFECT), kind
    return None


def _reading(cancelled: ClientError, actions: Sequence[Action]) -> Refused:
    reasons: Any = cancelled.response.get("CancellationReasons", [])
    meanings = [_meaning(each, reason, cancelled) for each, reason in zip(actions, reasons, strict=True)]
    return min((meaning for meaning in meanings if meaning), key=lambda meaning: meaning[0])


def _meaning(refused: Action, reason: Mapping[str, Any], cancelled: ClientError) -> Refused | None:
    match reason["Code"]:
        case "None":
            return None
        case "ConditionalCheckFailed":
            item = dynamodb.from_wire(reason["Item"]) if reason.get("Item") else None
            return refused.rank, refused.refusal(item)
        case code if code in BUSY:
            return Rank.BUSY, TransientError(code)
        case _:
            return Rank.DEFECT, cancelled


def _pause(attempt: int) -> None:
    time.sleep(random.uniform(FIRST_PAUSE, min(MAX_PAUSE, FIRST_PAUSE * 2 ** (attempt + 1))))
