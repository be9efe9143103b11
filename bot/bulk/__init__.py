"""One template to a list: its file read into rows, and every row checked as a single send is."""
