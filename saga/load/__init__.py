"""Load: many orders at a steady rate, what became of them, and how long they took."""
