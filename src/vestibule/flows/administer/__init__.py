"""What an operator does: import, export, keys, the platform's own realm and its administrators."""
