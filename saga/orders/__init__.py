"""Orders as an operator sees them: what is on record, what it means, and what can be done about it."""
