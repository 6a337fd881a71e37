"""Every test of this folder has a browser."""

from tests.browsing import base_url, browser_page, browser_type_launch_args, open_page, serve

__all__ = ["base_url", "browser_page", "browser_type_launch_args", "open_page", "serve"]
