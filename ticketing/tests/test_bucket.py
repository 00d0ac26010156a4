"""With MEDIA_BUCKET, pictures and private files are in a bucket, and read through the site only."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.test import Client
from django.urls import reverse
from moto.server import ThreadedMotoServer
from PIL import Image

from accounts.models import User
from reports.models.exports import Export
from testing.builders import make_event
from testing.environment import PROJECT
from testing.reports import keep_export
from theaters.models import Theater

pytestmark = [pytest.mark.slow, pytest.mark.once]
KEYS = {"BUCKET_REGION": "eu-central-1", "BUCKET_ACCESS_KEY": "of-a-test", "BUCKET_SECRET_KEY": "of-a-test"}
READ = "import json; from ticketing import settings; print(json.dumps(settings.STORAGES))"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give the site's storages a bucket, by the settings that an operator writes."""
    client = boto3.client(
        "s3", endpoint_url=s3, region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    client.create_bucket(Bucket="marquee", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    env = {**os.environ, **KEYS, "MEDIA_BUCKET": "marquee", "BUCKET_ENDPOINT": s3, "DATA_DIR": str(tmp_path)}
    read = subprocess.run(
        [sys.executable, "-c", READ], cwd=PROJECT, env=env, capture_output=True, text=True, check=True
    )
    settings.STORAGES = json.loads(read.stdout)
    # A field looks its storage up once.
    monkeypatch.setattr(Export._meta.get_field("file"), "storage", storages["private"])
    yield client
    for found in client.list_objects_v2(Bucket="marquee").get("Contents", []):
        client.delete_object(Bucket="marquee", Key=found["Key"])
    client.delete_bucket(Bucket="marquee")


def names(client: Any) -> set[str]:
    return {found["Key"] for found in client.list_objects_v2(Bucket="marquee").get("Contents", [])}


def test_a_picture_is_stored_in_each_width_and_served_by_the_site(bucket: Any, db: None, client: Client):
    photo = io.BytesIO()
    Image.new("RGB", (1000, 500), "teal").save(photo, "JPEG")
    event = make_event("The Bucket")
    event.poster.save("poster.jpg", ContentFile(photo.getvalue()))
    kept = names(bucket)
    assert len(kept) == 2
    assert all(name.startswith("media/posters/") for name in kept)
    assert event.poster.url.startswith(f"{project.MEDIA_URL}posters/")
    answer = client.get(event.poster.url)
    assert answer.status_code == 200
    assert Image.open(io.BytesIO(b"".join(answer))).format == "WEBP"
    assert "immutable" in answer["Cache-Control"]
    assert client.get(f"{project.MEDIA_URL}posters/0123-800.webp").status_code == 404


def test_an_export_is_read_through_its_view_only(
    bucket: Any, s3: str, theater: Theater, manager: User, other_manager: User
):
    export = keep_export(theater, manager, "sales")
    address = reverse("admin:export-file", args=[export.code])
    assert all(name.startswith("private/") for name in names(bucket))
    client = Client()
    client.force_login(other_manager)
    assert client.get(address).status_code == 404
    client.force_login(manager)
    assert b"".join(client.get(address)) == b"Asha"
    with pytest.raises(ValueError, match="no address"):
        _ = export.file.url
    assert requests.get(f"{s3}/marquee/private/{export.file.name}", timeout=10).status_code == 403


def test_a_file_never_replaces_another(bucket: Any):
    private = storages["private"]
    first, second = (private.save("exports/a.csv", ContentFile(text)) for text in (b"1", b"2"))
    assert first != second
    assert private.open(first).read() == b"1"
    private.delete(first)
    assert not private.exists(first)
    assert private.exists(second)


def test_pictures_and_private_files_are_apart(bucket: Any):
    storages["private"].save("posters/secret-800.webp", ContentFile(b"x"))
    assert not default_storage.exists("posters/secret-800.webp")
