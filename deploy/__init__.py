"""What a device installs, and what builds it."""
