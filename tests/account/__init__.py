"""What people do about themselves, over HTTP."""
