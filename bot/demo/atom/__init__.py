"""The stand-in for Atom: its one endpoint, and the answers that it may give."""
