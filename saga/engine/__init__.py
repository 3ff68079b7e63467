"""The embedded engine runs the real template on a laptop, without containers and without an AWS account."""
