"""The system as an operator sees it: its stock, its outbox, its queues, its breaker, and what to do about them."""
