"""What runs in a kernel or in plain Python: the client, the way to the server, the magic."""
