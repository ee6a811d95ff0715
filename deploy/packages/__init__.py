"""Builds what a device installs: Debian packages, and the archive and repository that carry them."""
