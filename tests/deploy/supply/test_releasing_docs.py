"""Sign and verify with the very commands of docs/releasing.md, by a key made for the test."""

import hashlib
import re
import subprocess
from pathlib import Path

import pytest

from deploy import runtime
from deploy.commands import ROOT
from tests import needs

DOCUMENT = (ROOT / "docs" / "releasing.md").read_text()
SIGNER = "releases@tflock-reaper"


def command(start: str) -> str:
    """The one line of a code block that starts so."""
    [line] = [line.strip() for line in DOCUMENT.splitlines() if line.strip().startswith(start)]
    return line


def ran(line: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(line, shell=True, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S602


def key(folder: Path, name: str) -> Path:
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)  # noqa: S603, S607
    return path


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A signed release of one file, with the file of signers beside it."""
    needs.signing()
    dist = tmp_path / "dist"
    dist.mkdir()
    (dist / "code.zip").write_bytes(b"code")
    (dist / "SHA256SUMS").write_text(f"{hashlib.sha256(b'code').hexdigest()}  code.zip\n")
    own = key(tmp_path, "own")
    signed = ran(command("ssh-keygen -Y sign").replace("~/.ssh/tflock-reaper-release", str(own)), tmp_path)
    assert signed.returncode == 0, signed.stderr
    public = own.with_suffix(".pub").read_text()
    (dist / "release-signers").write_text(f'{SIGNER} namespaces="tflock-reaper" {public}')
    return dist


def test_a_release_that_we_signed_is_good(release: Path) -> None:
    signature, sums = ran(command("ssh-keygen -Y verify"), release), ran(command("sha256sum"), release)
    assert f'Good "tflock-reaper" signature for {SIGNER}' in signature.stdout
    assert (signature.returncode, sums.returncode, sums.stdout) == (0, 0, "code.zip: OK\n")


def test_a_changed_list_of_checksums_is_refused(release: Path) -> None:
    with (release / "SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  more.zip\n")
    assert ran(command("ssh-keygen -Y verify"), release).returncode != 0


def test_a_changed_file_is_refused(release: Path) -> None:
    (release / "code.zip").write_bytes(b"other code")
    assert ran(command("sha256sum"), release).returncode != 0


def test_a_release_that_somebody_else_signed_is_refused(release: Path) -> None:
    other = key(release, "other").with_suffix(".pub").read_text()
    (release / "release-signers").write_text(f'{SIGNER} namespaces="tflock-reaper" {other}')
    assert ran(command("ssh-keygen -Y verify"), release).returncode != 0


def test_a_signature_of_the_key_for_another_purpose_is_refused(release: Path) -> None:
    (release / "SHA256SUMS.sig").unlink()
    for_files = command("ssh-keygen -Y sign").replace("-n tflock-reaper", "-n file")
    ran(for_files.replace("~/.ssh/tflock-reaper-release", "own"), release.parent)
    assert (release / "SHA256SUMS.sig").exists()
    assert ran(command("ssh-keygen -Y verify"), release).returncode != 0


def test_the_runtime_of_the_document_is_the_one_of_the_code() -> None:
    assert f"- **In AWS**: {runtime.VERSION}, by `VERSION`" in DOCUMENT
    assert re.search(r"3\.11 to 3\.14", DOCUMENT)
