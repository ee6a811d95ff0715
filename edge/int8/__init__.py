"""The block-scaled INT8 convolution: its operator, and what makes a model use it."""
