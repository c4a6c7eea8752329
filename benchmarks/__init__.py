"""Measures the figures that the project is held to: ``make bench``.

Everything is measured beside what it is compared with, alternating, in one run; a figure is a
ratio, told with its spread. None of it is a test: a busy machine must not break a build.
"""
