"""The parts that set a clone up: Python, Node.js, the front end, the project itself."""

from . import front_end, python_packages
from .parts import Part

PYTHON = Part("Python packages", python_packages.install_packages)
NODE = Part("Node.js", front_end.install_node, (PYTHON.name,))
FRONT_END_PACKAGES = Part("Front-end packages", front_end.install_packages, (NODE.name,))
FRONT_END = Part("Front end", front_end.build, (FRONT_END_PACKAGES.name,))
PROJECT = Part("Project", python_packages.install_project, (FRONT_END.name,))

SETUP = (PYTHON, NODE, FRONT_END_PACKAGES, FRONT_END, PROJECT)
