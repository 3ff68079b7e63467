"""What an order takes of DynamoDB, Lambda and the rest, counted in a run in process."""
