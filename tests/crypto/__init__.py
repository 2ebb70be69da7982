"""Keys, tokens, secrets and passwords, without a service around them."""
