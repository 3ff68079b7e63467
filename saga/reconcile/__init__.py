"""The reconciliation: compares what all tables and the gateway have on record, order by order."""
