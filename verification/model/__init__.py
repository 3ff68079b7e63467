"""The saga protocol as an executable specification, explored exhaustively: python -m verification.model."""
