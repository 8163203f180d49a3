"""How the house runs: its instances, their sockets and figures, and what operators can do about them."""
