"""Conversion of items to DynamoDB's wire format and back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sagakit import dynamodb

SCALARS = st.none() | st.booleans() | st.integers(min_value=-(10**18), max_value=10**18) | st.text(max_size=20)
ITEMS = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner)),
    max_size=5,
)


@settings(deadline=None, max_examples=30)
@given(item=ITEMS)
def test_an_item_survives_the_round_trip(item: dict[str, object]) -> None:
    assert dynamodb.from_wire(dynamodb.to_wire(item)) == item


def test_a_number_comes_back_as_an_integer_at_any_depth() -> None:
    item = dynamodb.from_wire({"detail": {"M": {"items": {"L": [{"M": {"quantity": {"N": "2"}}}]}}}})
    assert type(item["detail"]["items"][0]["quantity"]) is int
