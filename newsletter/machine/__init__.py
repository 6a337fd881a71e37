"""What a language model writes, where the operator has set one; checked before anybody reads it.

`requests` says what is asked, `client` asks, `check` judges the answer, `author` does all of it for one
text, within `budget` and with what was `kept`; `editor` has editions written, `answers` serves the pages.
"""
