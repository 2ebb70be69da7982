"""Groups: the list by path, and a group's page with its tabs."""
