"""What Slack is, for every feature: its Web API, its payloads, its blocks, its directory."""
