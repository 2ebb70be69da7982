"""The nouns of the field as frozen dataclasses, and their pure rules."""
