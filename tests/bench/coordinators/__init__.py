"""The same order through both coordinators: what each does, what it takes, and what a fault makes of it."""
