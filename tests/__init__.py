"""One sentence, one reason to fail; tests of seed rows and of attacks carry the row in their name."""
