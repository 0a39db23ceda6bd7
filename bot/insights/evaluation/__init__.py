"""How well messages are understood, and what content owners can do about it."""
