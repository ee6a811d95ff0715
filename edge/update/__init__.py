"""The voices on a device: where they lie, and how they change so that there is one to speak with at every moment."""
