"""The stock: what there is, and what orders hold."""

from collections.abc import Sequence
from urllib.parse import urlencode

from nicegui import ui

from saga.console.columns import Column, cells, header
from saga.console.elements import piece, table
from saga.console.frame import Console, frame
from saga.console.html import Html, join, tag
from saga.console.poller import Poller
from saga.console.words import money
from saga.products import Product

_COLUMNS = (
    Column("Product"),
    Column("Name", wide=True),
    Column("Price", number=True, wide=True),
    Column("Available", number=True),
    Column("Held", number=True),
    Column("Stocked", number=True),
    Column("Held of stocked", wide=True),
)


def add(console: Console) -> None:
    """Adds the page."""

    @ui.page("/inventory")
    def inventory() -> None:
        with frame(console, "Inventory", "/inventory") as page:
            piece(tag("h1", "Inventory"))
            with ui.element("div").classes("card"):
                rows = table("Inventory", header(_COLUMNS))
                below = piece()

            def show(found: Sequence[Product]) -> None:
                rows.show({product.product_id: row(product) for product in found})
                below.set_content(Html() if found else _nothing())

            Poller(page.kind, console.source.products, show, page.fail).start()


def row(product: Product) -> Html:
    """The cells of a product, which leads to its orders."""
    orders = tag("a", product.product_id, href=f"/orders?{urlencode({'product': product.product_id})}", data_row=True)
    available = product.available or tag("strong", "sold out")
    numbers = (money(product.price), available, product.held, product.stocked)
    return cells(_COLUMNS, orders, product.name, *numbers, _meter(product))


def _meter(product: Product) -> Html:
    share = 100 * product.held // product.stocked if product.stocked else 0
    filled = tag("span", style=f"width:{share}%")
    return join(tag("span", filled, class_="meter", aria_hidden="true"), f" {share} %")


def _nothing() -> Html:
    words = "A new stack has none: products are rows of the inventory table. On the engine, make up adds some."
    return tag("div", tag("strong", "There are no products yet."), tag("span", words), class_="empty")
