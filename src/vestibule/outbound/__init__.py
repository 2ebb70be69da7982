"""Everything that leaves the service: HTTP requests, mail and push messages."""
