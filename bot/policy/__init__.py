"""Who may do what, and what keeps a send from going out: plain rules over plain values."""
