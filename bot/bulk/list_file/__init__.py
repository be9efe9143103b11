"""A list's file, CSV or Excel, as rows of text. What parses it runs in a process of its own."""
