"""The demo: made-up news of a made-up city, served on loopback, with three days of history."""
