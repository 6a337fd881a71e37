"""Python's garbage collector in a process that stays: it leaves alone what was loaded, and looks rarely."""

import gc

# New objects that make it look; with the usual 700 it looks at every third mail.
_NEW_OBJECTS = 50_000


def settle() -> None:
    """Take what is loaded now for permanent, and look for garbage once there may be some.

    To be called once a process has loaded what it works with. A sender spent 6 % of its time looking.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
