"""Statistics on arrays; knows nothing of budgets."""
