"""Transactions over HTTP, as clients of the API start, watch and cancel them."""

from dataclasses import dataclass

from saga.http import call
from tests.e2e.shop import Json, Shop, eventually, has_ended


@dataclass(frozen=True)
class Transactions:
    """The transactions of a shop."""

    shop: Shop

    @property
    def url(self) -> str:
        """The address of the collection."""
        return f"{self.shop.stack.api_url}/transactions"

    def body(self, product: str = "monitor", quantity: int = 1, token: str = "pm_ok") -> Json:
        """Return the body of a request, at the catalogue's price."""
        amount = self.shop.product(product)["price"] * quantity / 100
        return {
            "customerId": "customer-456",
            "productId": product,
            "quantity": quantity,
            "amount": amount,
            "paymentToken": token,
        }

    def start(self, body: Json, key: str | None = None) -> str:
        """Start a transaction that must be accepted, and return its ID."""
        status, answer = call(self.url, body, {"x-idempotency-key": key} if key else None)
        assert (status, answer["status"]) == (200, "STARTED"), answer
        return str(answer["transactionId"])

    def get(self, transaction_id: str) -> Json:
        """GET /transactions/{id}."""
        status, answer = call(f"{self.url}/{transaction_id}")
        assert status == 200, answer
        return answer

    def cancel(self, transaction_id: str) -> tuple[int, Json]:
        """POST /transactions/{id}/cancel."""
        return call(f"{self.url}/{transaction_id}/cancel", {})

    def row(self, transaction_id: str) -> Json:
        """Read the transaction's row."""
        return self.shop.row("OrdersTable", {"orderId": transaction_id})

    def paused(self, *transactions: str) -> None:
        """Wait until all of these are paused."""
        eventually(lambda: all("paused" in self.row(each) for each in transactions), "a transaction was not paused")

    def ended(self, transaction_id: str) -> Json:
        """Wait until the saga has ended or is parked, and return the transaction."""
        eventually(lambda: has_ended(self.row(transaction_id)), f"transaction {transaction_id} did not end")
        return self.get(transaction_id)
