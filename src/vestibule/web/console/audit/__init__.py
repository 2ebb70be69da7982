"""Sessions that live, and events: what happened and what was changed."""
