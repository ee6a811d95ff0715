"""The daemon: a socket in front, a sound card behind, one voice between."""
