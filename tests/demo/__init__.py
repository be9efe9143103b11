"""Protocol tests of the stand-ins."""
