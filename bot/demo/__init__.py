"""A stand-in for Slack and one for Atom, on loopback only, to try and to test the bot."""
