"""Rasa's actions: each reads the tracker, lets `bot.cases.dialogue` decide, and returns events."""
