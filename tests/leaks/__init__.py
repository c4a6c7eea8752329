"""Recognisable secrets are sent down every path, and then every byte is searched for them."""
