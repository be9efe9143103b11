"""Send approved WhatsApp template messages from Slack, through Atom."""
