"""Sample applications and identity providers to practise with."""
