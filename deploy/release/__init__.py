"""Makes a release: everything that is published of one tagged commit, in one folder."""
