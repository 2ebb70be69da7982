"""The console: the pages on which a realm and the platform are administered."""
