"""The rules layer: the checked rules as a layer of the functions, so that another ``reaper.toml`` is no other code.

Lambda unpacks a layer below ``/opt`` and has ``/opt/python`` on ``sys.path``:
https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html
"""

import io
import zipfile

from chalicelib import checked_rules
from chalicelib.checked_rules import Config
from chalicelib.stack.zip_entry import zip_entry

_AT = f"python/{checked_rules.PACKAGE}"
_SAYS = '"""The checked rules of this installation (chalicelib/checked_rules.py)."""\n'


def rules_layer(config: Config) -> bytes:
    """Return the layer as a zip. The same configuration gives the same bytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as layer:
        for name, content in (("__init__.py", _SAYS.encode()), (checked_rules.NAME, checked_rules.encode(config))):
            layer.writestr(zip_entry(f"{_AT}/{name}"), content)
    return written.getvalue()


def rules_in(layer: bytes) -> bytes:
    """Return the file of checked rules in a layer."""
    with zipfile.ZipFile(io.BytesIO(layer)) as files:
        return files.read(f"{_AT}/{checked_rules.NAME}")
