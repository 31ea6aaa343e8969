"""What is known of exchange rates and prices, and since when: histories with a vintage."""
