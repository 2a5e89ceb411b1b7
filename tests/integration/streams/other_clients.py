"""What other agencies send with: librdkafka, Kafka's own console producer, and the SDK of CloudEvents over any of them."""

import json
import os
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import confluent_kafka
from cloudevents.core.bindings import kafka as binding
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from cloudevents.v1 import kafka as older_binding
from cloudevents.v1.http import CloudEvent as OlderCloudEvent

from schemas.event_type import JsonObject

_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_CONSOLE_PRODUCER = "org.apache.kafka.tools.ConsoleProducer"
Headers = Mapping[str, bytes]


def librdkafka(
    address: str,
    topic: str,
    headers: Headers,
    value: bytes | None,
    *,
    key: bytes | None = None,
    codec: str = "none",
) -> None:
    """Produce one record with librdkafka, partitioned as Java and kafka-python do."""
    producer = confluent_kafka.Producer(
        {
            "bootstrap.servers": address,
            "partitioner": "murmur2_random",
            "enable.idempotence": True,
            "compression.type": codec,
        }
    )
    failures = []
    producer.produce(topic, value, key=key, headers=dict(headers), on_delivery=lambda error, _: failures.append(error))
    producer.flush(30)
    assert failures == [None]


def console_jar(jars: Path) -> Path:
    """The jar with Kafka's command-line tools, of the version of these jars, fetched once with Maven."""
    [clients] = jars.glob("kafka-clients-*.jar")
    version = clients.stem.removeprefix("kafka-clients-")
    folder = jars.with_name("kafka-tools")
    jar = folder / f"kafka-tools-{version}.jar"
    if not jar.exists():
        unfinished = folder / str(os.getpid())
        fetch = ["mvn", "--quiet", "--batch-mode", _COPY, f"-Dartifact=org.apache.kafka:kafka-tools:{version}"]
        subprocess.run([*fetch, f"-DoutputDirectory={unfinished}"], check=True, capture_output=True, cwd=jars)
        (unfinished / jar.name).rename(jar)
        unfinished.rmdir()
    return jar


def console_producer(jars: Path, address: str, topic: str, headers: Headers, value: bytes) -> None:
    """Produce one record with the command-line tool that comes with Kafka, which reads lines from its standard input."""
    written = b";".join(name.encode() + b"=" + stated for name, stated in headers.items())
    properties = ["parse.headers=true", "headers.delimiter=|", "headers.separator=;", "headers.key.separator=="]
    command = ["java", "-Xmx128m", "-Dlog4j2.level=ERROR", "-cp", f"{console_jar(jars)}:{jars}/*", _CONSOLE_PRODUCER]
    command += ["--bootstrap-server", address, "--topic", topic]
    command += [part for each in properties for part in ("--property", each)]
    ended = subprocess.run(command, input=written + b"|" + value + b"\n", check=False, capture_output=True)
    assert ended.returncode == 0, ended.stderr.decode()
    assert b"ERROR" not in ended.stderr, ended.stderr.decode()


def as_written(event: JsonObject, *, binary: bool) -> tuple[Headers, bytes]:
    """The headers and the value of an event as the binding has them."""
    if not binary:
        return {"content-type": b"application/cloudevents+json"}, json.dumps(event).encode()
    attributes = {f"ce_{name}": str(value).encode() for name, value in event.items() if name != "data"}
    return {"content-type": b"application/json", **attributes}, json.dumps(event["data"]).encode()


def by_sdk(event: JsonObject, *, binary: bool) -> tuple[Headers, bytes]:
    """The same by the SDK of CloudEvents."""
    stated = {name: value for name, value in event.items() if name != "data"}
    attributes = {**stated, "time": datetime.fromisoformat(event["time"]), "datacontenttype": "application/json"}
    made = CloudEvent(attributes=attributes, data=event["data"])
    message = (binding.to_binary if binary else binding.to_structured)(made, JSONFormat())
    return message.headers, message.value


def by_older_sdk(event: JsonObject, *, binary: bool) -> tuple[Headers, bytes]:
    """The same by the interface that the SDK had until its second version."""
    attributes = {name: str(value) for name, value in event.items() if name != "data"}
    made = OlderCloudEvent.create({**attributes, "datacontenttype": "application/json"}, event["data"])
    message = (older_binding.to_binary if binary else older_binding.to_structured)(made)
    value = message.value
    return message.headers, value.encode() if isinstance(value, str) else value
