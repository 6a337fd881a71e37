"""A real mailbox: Dovecot on 127.0.0.1 with a folder of messages, for as long as a test takes."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from imaplib import IMAP4
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

PASSWORD = "letters:and/signs?"
_NUMBERS = count()
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mail
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class ImapServer:
    """Dovecot, and the folder its messages are in."""

    folder: Path
    port: int
    tls_port: int
    certificate: Path

    @property
    def url(self) -> str:
        """The mailbox's address, encrypted."""
        return self.address("imaps", self.tls_port) + f"?cafile={self.certificate}"

    def address(self, scheme: str, port: int) -> str:
        return f"{scheme}://news%40example.com:letters%3Aand%2Fsigns%3F@127.0.0.1:{port}"

    def bring(self, subject: str, body: str = "") -> None:
        """Deliver a message."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "ann@example.com", "news@example.com", subject
        message.set_content(body)
        path = self.folder / "mail" / "new" / f"{next(_NUMBERS):06d}.message"
        path.write_bytes(message.as_bytes())
        path.chmod(0o666)

    def unread(self) -> list[str]:
        """The subjects that are still unread."""
        with IMAP4("127.0.0.1", self.port, timeout=10) as imap:
            imap.starttls()
            imap.login("news@example.com", PASSWORD)
            imap.select("INBOX", readonly=True)
            found = imap.uid("SEARCH", "UNSEEN")[1][0].decode().split()
            fields = "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])"
            lines = [imap.uid("FETCH", number, fields)[1][0][1].decode() for number in found]
        return [" ".join(line.partition(":")[2].split()) for line in lines]


@contextmanager
def dovecot(certificate: Path) -> Iterator[ImapServer]:
    """Serve a mailbox that is empty at first; skips where Dovecot is not installed, fails under CI."""
    program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("dovecot is needed for a mailbox to read")
        pytest.skip("NOT TESTED: reading a mailbox, because dovecot is not installed")
    # Not below pytest's folder: another user, whom Dovecot reads as, may not enter that.
    with TemporaryDirectory() as name:
        server = ImapServer(Path(name), _free_port(), _free_port(), certificate)
        server.folder.chmod(0o755)
        config = server.folder / "dovecot.conf"
        config.write_text(_config(server))
        process = subprocess.Popen([program, "-F", "-c", str(config)])
        try:
            _wait_for(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(10)


def _config(server: ImapServer) -> str:
    # Dovecot lets nobody in as root.
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    for name in ("mail/new", "mail/cur", "mail/tmp", "home"):
        (server.folder / name).mkdir(parents=True)
    if os.geteuid() == 0:
        for path in (server.folder / "home", *(server.folder / "mail").rglob("*"), server.folder / "mail"):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    return _CONFIG.format(
        folder=server.folder,
        certificate=server.certificate,
        key=server.certificate.with_suffix(".key"),
        user=owner.pw_name,
        group=grp.getgrgid(owner.pw_gid).gr_name,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        port=server.port,
        tls_port=server.tls_port,
        password=PASSWORD,
    )


def _wait_for(server: ImapServer, process: "subprocess.Popen[bytes]") -> None:
    patience = time.monotonic() + 20
    while True:
        try:
            IMAP4("127.0.0.1", server.port, timeout=5).logout()
            return
        except (OSError, IMAP4.error):
            if process.poll() is not None or time.monotonic() > patience:
                log = server.folder / "log"
                pytest.fail(f"dovecot does not answer: {log.read_text() if log.exists() else 'no log'}")
            time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
