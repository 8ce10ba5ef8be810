"""Sessions in other accounts: their roles, names and policies, and the clients that use them."""
