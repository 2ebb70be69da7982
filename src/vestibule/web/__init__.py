"""The HTTP surface: one table of routes and a thin handler for each."""
