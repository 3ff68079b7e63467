"""A model checker for the saga protocol: python -m verification.model. See README.md."""
