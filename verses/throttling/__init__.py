"""Rate limit per client, shared by all processes of the host."""
