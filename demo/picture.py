"""Take the README's pictures: ``python -m demo.picture`` plays the demo by itself and saves pictures in ``docs``."""

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Locator

# The page draws replies right below their message.
_AREA = """
message => {
  const boxes = [message.getBoundingClientRect()];
  for (let next = message.nextElementSibling; next?.classList.contains("reply"); next = next.nextElementSibling)
    boxes.push(next.getBoundingClientRect());
  const {left, top, width} = boxes[0];
  return {x: left, y: top, width, height: boxes.at(-1).bottom - top};
}
"""


class Album:
    """The folder that pictures go into; without a folder none is taken."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def take(self, name: str, message: Locator) -> None:
        """Take a picture of a message with its thread."""
        if self._folder is None:
            return
        message.page.mouse.move(0, 0)
        message.scroll_into_view_if_needed()
        message.page.screenshot(path=self._folder / f"{name}.png", clip=message.evaluate(_AREA))


def main(folder: str) -> int:
    """Play the demo in a process of its own, with a browser."""
    return subprocess.run(
        [sys.executable, "-m", "demo"], env=os.environ | {"ONCE": "1", "PICTURES": folder}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "docs"))
