"""The rules layer: the checked rules as a layer of the functions, so that another ``reaper.toml`` is no other code.

Lambda unpacks a layer below ``/opt`` and has ``/opt/python`` on ``sys.path``:
https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html
"""

import io
import zipfile

from chalicelib import checked_rules
from chalicelib.checked_rules import Config

_AT = f"python/{checked_rules.PACKAGE}"
_SAYS = '"""The checked rules of this installation (chalicelib/checked_rules.py)."""\n'
_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can say."""


def rules_layer(config: Config) -> bytes:
    """Return the layer as a zip. The same configuration gives the same bytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as layer:
        for name, content in (("__init__.py", _SAYS.encode()), (checked_rules.NAME, checked_rules.encode(config))):
            entry = zipfile.ZipInfo(f"{_AT}/{name}", _NO_TIME)
            entry.create_system = 3  # Unix, on whatever system this runs
            entry.external_attr = 0o100644 << 16
            layer.writestr(entry, content)
    return written.getvalue()


def rules_in(layer: bytes) -> bytes:
    """Return the file of checked rules in a layer."""
    with zipfile.ZipFile(io.BytesIO(layer)) as files:
        return files.read(f"{_AT}/{checked_rules.NAME}")
