"""The contract that `producer` and `workers` share: settings, tables, ledger, messages, reports."""
