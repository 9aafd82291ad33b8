# SPDX-License-Identifier: LGPL-2.1-or-later
"""Real file servers for tests: Debian's vsftpd and the sshd of OpenSSH, on loopback ports, with files, keys and
certificates in the test's own folder. Nothing of the system's configuration is read or changed.

    with FtpServer(folder) as server:           # folder is made; what arrives lies in server.root
        ... server.url ...                      # ftp://anonymous:secret@127.0.0.1:PORT/
        server.kill()                           # all its processes, in the middle of whatever they do
        server.start()                          # on the same port, with the same files

vsftpd knows no other users here than “anonymous”, which needs the password all the same."""

import getpass
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import time

PATIENCE_S = 30


def find_program(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def make_certificate(folder, name="127.0.0.1"):
    """A self-signed certificate for an address; gives the files of certificate and key."""
    certificate, key = folder / "server.pem", folder / "server.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={name}",
                    "-addext", f"subjectAltName=IP:{name}" if name[0].isdigit() else f"subjectAltName=DNS:{name}",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


class Server:
    """A program in a process group of its own, that is there when its port takes connections."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.root = self.folder / "root"
        self.root.mkdir(exist_ok=True)
        self.port = free_port()
        self.process = None

    def command(self):
        raise NotImplementedError

    def start(self):
        with open(self.folder / "output", "ab") as output:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            start_new_session=True)
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), PATIENCE_S).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise AssertionError("no server: " + (self.folder / "output").read_text()) from None
                select.select([], [], [], 0.01)

    def kill(self):
        """Ends all its processes at once, also those that serve somebody."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
            self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()

    def list(self):
        """Names of all files that have arrived, below the root, in order."""
        return sorted(str(p.relative_to(self.root)) for p in self.root.rglob("*") if p.is_file())

    def read(self, name):
        return (self.root / name).read_bytes()


class FtpServer(Server):
    """vsftpd; tls is None, "explicit" or "implicit". settings are lines of its configuration."""

    user = "anonymous"

    def __init__(self, folder, tls=None, password="secret", settings=()):
        super().__init__(folder)
        self.tls = tls
        self.password = password
        self.settings = list(settings)
        self.certificate = None
        self.address = f"{'ftps' if tls == 'implicit' else 'ftp'}://127.0.0.1:{self.port}/"
        self.url = self.address.replace("://", f"://{self.user}:{password}@")
        if tls is not None:
            self.certificate, self.key = make_certificate(self.folder)

    @staticmethod
    def is_there():
        return find_program("vsftpd") is not None

    def command(self):
        f = self.folder
        (f / "empty").mkdir(exist_ok=True)
        (f / "passwords").write_text(self.password + "\n")
        lines = ["listen=YES", "listen_address=127.0.0.1", f"listen_port={self.port}", "background=NO",
                 "pasv_address=127.0.0.1", "anonymous_enable=YES", "local_enable=NO", f"anon_root={self.root}",
                 "write_enable=YES", "anon_upload_enable=YES", "anon_mkdir_write_enable=YES",
                 "anon_other_write_enable=YES", "anon_world_readable_only=NO", "anon_umask=022",
                 "secure_email_list_enable=YES", f"email_password_file={f / 'passwords'}",
                 "run_as_launching_user=YES", "allow_writeable_chroot=YES", f"secure_chroot_dir={f / 'empty'}",
                 "seccomp_sandbox=NO", "isolate=NO", "isolate_network=NO", "delay_failed_login=0",
                 "xferlog_enable=YES", "log_ftp_protocol=YES", f"vsftpd_log_file={f / 'log'}"]
        if self.tls is not None:
            lines += ["ssl_enable=YES", "allow_anon_ssl=YES", "force_anon_logins_ssl=YES", "force_anon_data_ssl=YES",
                      f"rsa_cert_file={self.certificate}", f"rsa_private_key_file={self.key}",
                      f"implicit_ssl={'YES' if self.tls == 'implicit' else 'NO'}"]
        (f / "vsftpd.conf").write_text("\n".join(lines + self.settings) + "\n")
        return [find_program("vsftpd"), str(f / "vsftpd.conf")]


class SftpServer(Server):
    """sshd of OpenSSH with the file server inside it; login by key alone."""

    def __init__(self, folder):
        super().__init__(folder)
        self.user = getpass.getuser()
        self.key = self.make_key("user")
        host = self.make_key("host")
        self.known_hosts = self.folder / "known_hosts"
        kind, key = host.with_suffix(".pub").read_text().split()[:2]
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {kind} {key}\n")
        self.host_key = host
        self.url = f"sftp://{self.user}@127.0.0.1:{self.port}{self.root}/"

    @staticmethod
    def is_there():
        return find_program("sshd") is not None and find_program("ssh-keygen") is not None

    def make_key(self, name):
        path = self.folder / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-b", "256", "-m", "PEM", "-N", "", "-f", path], check=True,
                       capture_output=True)
        return path

    def command(self):
        f = self.folder
        shutil.copy(f / "user.pub", f / "authorized_keys")
        (f / "sshd_config").write_text("\n".join([
            "ListenAddress 127.0.0.1", f"Port {self.port}", f"HostKey {self.host_key}", "PidFile none",
            f"AuthorizedKeysFile {f / 'authorized_keys'}", "StrictModes no", "UsePAM no", "PermitRootLogin yes",
            "PasswordAuthentication no", "Subsystem sftp internal-sftp"]) + "\n")
        if os.geteuid() == 0:
            pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        return [find_program("sshd"), "-D", "-e", "-f", str(f / "sshd_config")]
