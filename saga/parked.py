"""Taking up a parked order again, and ending the outage that parked it."""

import json

from saga.failure import Failure
from saga.stack import Stack


def resume(stack: Stack, order_id: str, reason: str) -> str:
    """Starts the order's compensations again, and gives the event of that. Raises Failure when it is not parked."""
    payload = json.dumps({"orderId": order_id, "reason": reason})
    function = stack.function_name("ResumeOrderFunction")
    answer = json.loads(stack.session.client("lambda").invoke(FunctionName=function, Payload=payload)["Payload"].read())
    if "errorType" in answer:
        raise Failure(f"{order_id} was not resumed: {answer['errorType']}, {answer['errorMessage']}")
    return str(answer["event"])


def make_gateway_well(stack: Stack, order_id: str) -> str:
    """Tells the simulated gateway's ledger that it can refund this order, and gives the intent's id.

    Raises Failure when the gateway knows of no payment of the order.
    """
    resource = stack.session.resource("dynamodb")
    payment = resource.Table(stack.outputs["PaymentsTable"]).get_item(Key={"orderId": order_id})
    if "Item" not in payment:
        raise Failure(f"no payment of {order_id} is on record")
    intent_id = str(payment["Item"]["intentId"])
    resource.Table(stack.outputs["GatewayLedgerTable"]).update_item(
        Key={"id": intent_id},
        UpdateExpression="SET well = :yes",
        ConditionExpression="attribute_exists(id)",
        ExpressionAttributeValues={":yes": True},
    )
    return intent_id
