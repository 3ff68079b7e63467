"""What an operator watches and does beyond single orders: health, outbox, queues, breaker, parked orders."""
