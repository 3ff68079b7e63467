"""The deployed stack, on AWS or on the engine: which one is meant, its outputs, its tables."""
