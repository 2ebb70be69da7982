"""First factors: what a person can prove who they are with."""
