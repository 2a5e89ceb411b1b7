"""One real Kafka broker (KRaft mode) as a child process, from the jars of Maven Central: for the demo, tests and benchmarks.

Nothing is installed: Maven fetches the jars once into a directory of ours. Needs `java` (17 or newer) and `mvn`.
"""

import base64
import os
import shutil
import socket
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

from schemas.errors import Misconfigured, StreamUnavailable

_FILES = Path(__file__).parent / "broker_files"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
_JVM = (
    "-Xms64m -Xmx512m -XX:+UseSerialGC -XX:MaxDirectMemorySize=128m -XX:-UsePerfData -XX:+ExitOnOutOfMemoryError"
    " -Djava.awt.headless=true -Djava.net.preferIPv4Stack=true"
).split()
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_LOOK_SECONDS = 0.1
_SASL = """
listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.clients.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required {users};
listener.name.controller.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required {users};
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:{admin}
allow.everyone.if.no.acl.found=false
"""


@dataclass(slots=True)
class Broker:
    """A broker with its data in `directory`, from the jars that `fetch_jars` fetched. It keeps its port and its data over `kill` and `start`.

    `users`, name to password: it then asks who somebody is, and the first of them may do everything.
    """

    directory: Path
    jars: Path
    users: Mapping[str, str] | None = None
    _process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """HOST:PORT for HUB_KAFKA_BOOTSTRAP_SERVERS."""
        return f"127.0.0.1:{(self.directory / 'port').read_text(encoding='ascii')}"

    @property
    def pid(self) -> int:
        """The process, for whoever wants to disturb it."""
        if self._process is None:
            message = "expected a running broker, found none; start it first"
            raise StreamUnavailable(message)
        return self._process.pid

    def start(self) -> None:
        """Return when the broker's port is open. Raises Misconfigured without Java, StreamUnavailable when it ends."""
        self.directory.mkdir(parents=True, exist_ok=True)
        java = [_found("java"), *_JVM, f"-Dlog4j2.configurationFile=file:{_FILES / 'log4j2.properties'}"]
        java += [f"-Dkafka.logs.dir={self.directory}", "-cp", f"{self.jars}/*"]
        properties = self._configured()
        with (self.directory / "broker.log").open("ab") as log:
            if not (self.directory / "data" / "meta.properties").exists():
                format_data = ("kafka.tools.StorageTool", "format", "-t", _cluster_id(), "-c", str(properties))
                subprocess.run([*java, *format_data], check=True, stdout=log, stderr=log)  # noqa: S603  # our own command
            self._process = subprocess.Popen(  # noqa: S603  # our own command
                [*java, "kafka.Kafka", str(properties)], stdout=log, stderr=log, start_new_session=True
            )
        self._wait_until_open()

    def stop(self) -> None:
        """End it in order."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End it as a power cut would; what it acknowledged is there after the next start."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _configured(self) -> Path:
        """The broker's settings; the ports are drawn once, so that clients find it again."""
        properties = self.directory / "server.properties"
        if not properties.exists():
            port, controller = _free_ports()
            (self.directory / "port").write_text(str(port), encoding="ascii")
            text = (_FILES / "server.properties").read_text(encoding="ascii")
            text = text.replace("@PORT@", str(port)).replace("@CONTROLLER@", str(controller))
            properties.write_text(text.replace("@DIRECTORY@", str(self.directory)) + self._security(), encoding="ascii")
            properties.chmod(0o600)
        return properties

    def _security(self) -> str:
        if not self.users:
            return "listener.security.protocol.map=CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT\n"
        admin, secret = next(iter(self.users.items()))
        users = [f'username="{admin}"', f'password="{secret}"']
        users += [f'user_{name}="{password}"' for name, password in self.users.items()]
        return _SASL.format(users=" ".join(users), admin=admin)

    def _wait_until_open(self) -> None:
        host, port = self.address.split(":")
        until = monotonic() + _START_SECONDS
        while monotonic() < until:
            if self._process is None or self._process.poll() is not None:
                break
            with suppress(OSError), socket.create_connection((host, int(port)), _LOOK_SECONDS):
                return
            sleep(_LOOK_SECONDS)
        self.kill()
        message = f"expected a Kafka broker on {self.address} within {_START_SECONDS:.0f} s, found none; see {self.directory}/broker.log"
        raise StreamUnavailable(message)


def fetch_jars(directory: Path) -> Path:
    """The folder with Kafka's jars, fetched with Maven on first use, as a whole or not at all."""
    jars = directory / "kafka-jars"
    if not jars.exists():
        unfinished = directory / f"kafka-jars.{os.getpid()}"
        fetch = [_found("mvn"), "--quiet", "--batch-mode", "--file", str(_FILES / "pom.xml"), _COPY]
        ended = subprocess.run(  # noqa: S603  # our own command
            [*fetch, f"-DoutputDirectory={unfinished.absolute()}", "-DincludeScope=runtime"],
            check=False,
            capture_output=True,
            text=True,
        )
        if ended.returncode != 0:
            message = f"expected Maven to fetch the jars of Kafka, found: {ended.stdout[-500:]}"
            raise Misconfigured(message)
        if jars.exists():  # another process was first
            shutil.rmtree(unfinished)
        else:
            unfinished.rename(jars)
    return jars.absolute()


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        message = (
            f"expected {program} on the PATH, found none; on Debian and Ubuntu:"
            " sudo apt-get install openjdk-17-jre-headless maven"
        )
        raise Misconfigured(message)
    return path


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def _cluster_id() -> str:
    """22 characters that do not begin with a dash, which Kafka would read as an option."""
    while (drawn := base64.urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return drawn
