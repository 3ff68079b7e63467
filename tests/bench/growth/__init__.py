"""What one more order and the lists cost when there are 100, 10,000 and 100,000 orders in the tables."""
