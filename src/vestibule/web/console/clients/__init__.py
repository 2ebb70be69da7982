"""Advanced Console > Clients: the list, and the tabs of one client."""
