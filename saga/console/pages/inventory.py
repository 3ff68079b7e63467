"""The stock: what there is, and what orders hold."""

from collections.abc import Sequence
from urllib.parse import urlencode

from saga.console.elements import Column, cells, markup, table_card
from saga.console.html import Html, empty, join, tag
from saga.console.layout import Page
from saga.stack.products import Product, products
from saga.text.money import Minor, amount

_COLUMNS = (
    Column("Product"),
    Column("Name", "wide"),
    Column("Price", "number wide"),
    Column("Available", "number"),
    Column("Held", "number"),
    Column("Stocked", "number"),
    Column("Share held", "wide"),
)
_SEED = join("Products are rows of the inventory table. On the engine, ", tag("code", "make up"), " adds some.")
_EMPTY = empty("There are no products yet.", _SEED)


def build(page: Page) -> None:
    """Add the elements of the page."""
    markup(tag("h1", "Inventory"))
    rows, below = table_card("Inventory", _COLUMNS)

    def show(found: Sequence[Product]) -> None:
        rows.show({product.product_id: _row(product) for product in found})
        below.set_content(Html() if found else _EMPTY)

    page.poll(lambda: page.source.read(products), show)


def _row(product: Product) -> Html:
    orders = tag("a", product.product_id, href=f"/orders?{urlencode({'product': product.product_id})}", data_row=True)
    available = product.available or tag("strong", "sold out")
    numbers = (amount(Minor(product.price)), available, product.held, product.stocked)
    return cells(_COLUMNS, orders, product.name, *numbers, _meter(product))


def _meter(product: Product) -> Html:
    share = 100 * product.held // product.stocked if product.stocked else 0
    filled = tag("span", style=f"width:{share}%")
    return join(tag("span", filled, class_="meter", aria_hidden="true"), f" {share} %")
