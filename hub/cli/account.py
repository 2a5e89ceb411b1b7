"""Under whose name a command acts."""

import os
import pwd


def account() -> str:
    """Who the operating system says is asking, for the logs; what the environment says, anybody can set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run as a number that has no name
        return f"uid {os.getuid()}"
