import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_what_the_command_line_installs_is_pinned_as_what_ships_in_the_lambda() -> None:
    shipped = {
        line.split("==")[0]: line for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line
    }
    pins = {pin.split("==")[0]: pin for pin in PROJECT["dependencies"]}
    assert all("==" in pin for pin in (*pins.values(), *PROJECT["optional-dependencies"]["plot"]))
    assert {name: pin for name, pin in pins.items() if name in shipped} == {
        name: shipped[name] for name in ("boto3", "msgspec")
    }
