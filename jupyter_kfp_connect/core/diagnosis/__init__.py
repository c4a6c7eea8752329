"""From what was seen to a cause and its remedy."""
