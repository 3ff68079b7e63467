"""Measurements, run by hand or by make; the tests do not depend on them."""
