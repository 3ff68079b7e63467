"""The simulated payment gateway's ledger."""

from saga.failures import Failure
from saga.stack import tables
from saga.stack.payments import payment_of
from saga.stack.stack import Stack


def restore(stack: Stack, order_id: str) -> str:
    """End the simulated outage of the payment of an order, or of a return's order, and return the ID of its intent.

    Raises:
        NoSuchOrder: no order has this ID.
        Failure: no intent of it is on record.
    """
    paid = tables.order_row(stack, order_id).get("returnOf", order_id)
    payment = payment_of(sorted(tables.event_rows(stack, paid), key=lambda row: row["at"]))
    if payment is None or payment["intentId"] is None:
        raise Failure(f"order {paid} has no payment at the gateway")
    tables.client(stack.session).update_item(
        TableName=stack.outputs["GatewayLedgerTable"],
        Key=tables.wire({"id": payment["intentId"]}),
        UpdateExpression="SET well = :yes",
        ConditionExpression="attribute_exists(id)",
        ExpressionAttributeValues=tables.wire({":yes": True}),
    )
    return str(payment["intentId"])
