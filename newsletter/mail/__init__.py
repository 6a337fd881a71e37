"""Mails: from editions and choices to the bytes that leave. Pure, but for `transport`."""
