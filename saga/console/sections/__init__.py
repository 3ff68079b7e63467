"""The sections of an order's page. Each is a pure function of the order's record."""
