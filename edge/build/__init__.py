"""The build step: a checkpoint becomes a voice bundle. Needs the extra `build`; never runs on a device."""
