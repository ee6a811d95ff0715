"""From PCM to sound: sinks (a card, a file), utterances (bounded PCM queues) and the player between them."""
