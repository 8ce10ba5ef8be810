"""The wheel of `tflocks`, whoever builds it."""

import zipfile
from pathlib import Path

import pytest

from chalicelib.core.version import Version
from deploy.release import wheel

SETTINGS = "[bdist_wheel]\nbuild-number=7\n[egg_info]\ntag_build=dev\n"
COMMIT = "1" * 40


@pytest.mark.thorough  # setuptools takes a second or two for each
def test_settings_of_the_person_who_builds_do_not_get_into_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plain").mkdir()
    plain = wheel.build(Version("1.0.0", COMMIT), tmp_path / "plain")
    for name in (".pydistutils.cfg", "extra.cfg"):
        (tmp_path / name).write_text(SETTINGS)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DIST_EXTRA_CONFIG", str(tmp_path / "extra.cfg"))
    (tmp_path / "theirs").mkdir()
    theirs = wheel.build(Version("1.0.0", COMMIT), tmp_path / "theirs")
    assert (theirs.name, theirs.read_bytes()) == (plain.name, plain.read_bytes())
    assert zipfile.ZipFile(theirs).testzip() is None
