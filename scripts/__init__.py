"""What the Makefile runs: setting up, demo, tests. Standard library only."""
