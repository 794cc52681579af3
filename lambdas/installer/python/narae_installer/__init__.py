"""Installs packages of Python for callbacks: resolves requirements, makes a bundle of them, uploads it."""
