"""Coverage-guided fuzzing of what reads bytes and text from outside: `make fuzz`."""
