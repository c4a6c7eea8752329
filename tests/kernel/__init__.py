"""Tests of what runs in a kernel."""
