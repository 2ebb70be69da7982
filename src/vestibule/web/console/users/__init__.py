"""Users: the list, and a person's page with its tabs."""
