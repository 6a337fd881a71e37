"""Every kind of mail, judged by tools that are not ours: see `judge.py`; `make judge` judges them all."""
