"""Realm settings: what holds for a whole tenant, one tab for each matter."""
