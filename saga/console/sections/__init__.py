"""The parts of an order's page: each is a pure function of the order's record."""
