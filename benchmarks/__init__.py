"""What one Vestibule does on one core, measured against the physical floors of the same run.

`python -m benchmarks` prints it; `docs/performance.md` holds the last published figures.
"""
