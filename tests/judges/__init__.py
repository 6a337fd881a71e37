"""Every kind of mail, judged by tools that are not ours: see `room.py`; `make judge` judges them all."""
