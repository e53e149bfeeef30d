"""What is looked at before serving: the drive, the journal, the certificate."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from geocensus_api import starting
from geocensus_api.store.drives import network_kind, share_of

from geocensus.errors import GeocensusError, WorkspaceError

TABLE = r"""
rootfs / rootfs rw 0 0
/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
nas:/census /mnt/census nfs4 rw 0 0
//srv/share /mnt/win\040share cifs rw 0 0
/dev/sdb1 /mnt/census/local xfs rw 0 0
user@host:/x /home/me/x fuse.sshfs rw 0 0
C:\134 /mnt/c 9p rw 0 0
nas:/a /mnt/twice nfs rw 0 0
/dev/sdc1 /mnt/twice ext4 rw 0 0
//srv/d /mnt/smb smb3 rw 0 0
/dev/sdd1 /mnt/ntfs fuseblk rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/ws.gpkg", ""),
        ("/tmp/ws.gpkg", ""),
        ("/mnt/census/ws.gpkg", "nfs4"),
        ("/mnt/census/a/b/ws.gpkg", "nfs4"),
        ("/mnt/census2/ws.gpkg", ""),
        ("/mnt/census/local/ws.gpkg", ""),
        ("/mnt/win share/县/ws.gpkg", "cifs"),
        ("/home/me/x/ws.gpkg", "fuse.sshfs"),
        ("/mnt/c/Users/ws.gpkg", "9p"),
        ("/mnt/twice/ws.gpkg", ""),
        ("/mnt/smb/ws.gpkg", "smb3"),
        ("/mnt/ntfs/ws.gpkg", ""),
    ],
)
def test_the_mount_table_tells_where_a_file_lies(path, kind):
    assert network_kind(path, TABLE) == kind


def test_an_empty_table_tells_nothing():
    assert network_kind("/ws.gpkg", "") == ""


def test_this_machines_disk_is_none(tmp_path):
    assert share_of(tmp_path) == ""


def test_a_share_is_refused_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(starting, "share_of", lambda _path: "nfs4")
    with pytest.raises(WorkspaceError, match=r"network share \(nfs4\).*copy it to a disk") as caught:
        starting.check_drive(tmp_path / "ws.gpkg")
    assert "网络共享" in caught.value.zh


def test_wal_is_set(towns):
    with closing(sqlite3.connect(towns)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    assert starting.set_journal(towns) is True
    assert Path(towns).read_bytes()[18:20] == b"\x02\x02"


def test_a_file_system_without_wal_is_said(towns, monkeypatch):
    monkeypatch.setattr(starting, "_journal", lambda _path: "delete")
    with pytest.raises(WorkspaceError, match="cannot do WAL"):
        starting.set_journal(towns)


def test_another_program_that_keeps_it_locked_is_said(towns, monkeypatch):
    opened = sqlite3.connect
    monkeypatch.setattr(
        starting.sqlite3, "connect", lambda *given, **named: opened(*given, **{**named, "timeout": 0.1})
    )
    with closing(opened(towns, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(WorkspaceError, match="another program"):
            starting.set_journal(towns)


def certificate(folder, name, *more):
    key, cert = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2"),
            *("-subj", "/CN=localhost", "-keyout", str(key), "-out", str(cert)),
            *(more or ("-nodes",)),
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_certificates_that_do_not_fit_are_said(tmp_path):
    (cert, key), (_, other) = certificate(tmp_path, "a"), certificate(tmp_path, "b")
    starting.check_certificate(cert, key)
    with pytest.raises(GeocensusError, match="belongs to another certificate"):
        starting.check_certificate(cert, other)
    with pytest.raises(GeocensusError, match="PEM"):
        starting.check_certificate(key, key)
    with pytest.raises(GeocensusError, match="without a password"):
        starting.check_certificate(*certificate(tmp_path, "c", "-passout", "pass:x"))


def test_a_second_service_is_refused_while_the_first_one_runs(towns, tmp_path):
    other = tmp_path / "link.gpkg"
    other.symlink_to(towns)
    with starting.only_one(towns):
        for path in (towns, other):
            with pytest.raises(WorkspaceError, match="served already") as caught, starting.only_one(path):
                pytest.fail("two of them")
            assert "已有一个服务" in caught.value.zh
    with starting.only_one(towns):
        pass


def test_a_folder_that_cannot_be_written_needs_no_lock(towns, monkeypatch):
    def refused(_folder):
        raise PermissionError

    monkeypatch.setattr(starting, "private_folder", refused)
    with starting.only_one(towns), starting.only_one(towns):
        pass
