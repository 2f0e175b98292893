"""Schemathesis as a program: its libraries lie in a folder of their own, without the scripts of an installation."""

from schemathesis.cli import schemathesis

schemathesis()
