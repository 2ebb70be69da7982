"""Tests of the room representations."""
