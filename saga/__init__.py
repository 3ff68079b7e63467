"""The operator's command `saga`: the embedded engine and questions to a deployed stack. Never shipped to Lambda."""
