pytest_plugins = ["tests.sound_card"]
