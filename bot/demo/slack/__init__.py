"""The stand-in for Slack: its server, its methods, its rules, and the people in front of it."""
