"""How fast the suite is, always as a ratio of two things timed side by side in one session: ``make bench``."""
