"""The embedded engine: the real template on a laptop, without a container runtime and without an AWS account."""
