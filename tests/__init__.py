"""Tests. One sentence, one reason to fail; tests of seed rows and attacks carry the row's id in their name."""
