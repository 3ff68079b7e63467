"""Load tests: many orders at a steady rate, their outcomes and their latencies."""
