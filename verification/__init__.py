"""What shows that the protocol and its code are right: a model that is explored exhaustively, and a simulator."""
