"""The production stack's files: valid, complete, and without secrets."""

import re
import shutil
import subprocess

import pytest
import yaml

from tools.compose import files_of_image, interpolate, read_image, read_stack
from tools.processes import PROJECT, Trouble

pytestmark = pytest.mark.once

NEEDED = {"SECRET_KEY": "of-a-test", "POSTGRES_PASSWORD": "of-a-test", "REDIS_PASSWORD": "of-a-test"}


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("${A}-${B:-b}-${C-c}", {"A": "1", "B": "", "C": ""}, "1-b-"),
        ("$$HOSTNAME ${A:-x:y}", {}, "$HOSTNAME x:y"),
        ("${A:?is missing}", {"A": "1"}, "1"),
    ],
)
def test_variables_are_put_in(text, variables, expected):
    assert interpolate(text, variables) == expected


@pytest.mark.parametrize("missing", NEEDED)
def test_nothing_starts_without_keys(missing):
    with pytest.raises(Trouble, match=f"{missing} is not set"):
        read_stack({**NEEDED, missing: ""})


def test_every_service_is_watched_or_says_that_it_is_not():
    services = read_stack(NEEDED)
    assert set(services) == {"migrate", "web", "worker", "beat", "postgres", "redis", "mail"}
    for name, service in services.items():
        assert "healthcheck" in service, name
        assert service.get("restart"), name


def test_no_service_fills_the_disk_or_the_memory():
    for name, service in read_stack(NEEDED).items():
        assert {"max-size", "max-file"} <= set(service["logging"]["options"]), name
        assert service["mem_limit"], name


def test_the_site_waits_for_the_migrations():
    services = read_stack(NEEDED)
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert services[name]["depends_on"]["postgres"] == {"condition": "service_healthy"}
    assert services["migrate"]["restart"] == "no"


def test_data_outlives_the_containers():
    stack = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
    for name in ("web", "worker", "postgres", "redis", "mail"):
        [volume] = stack["services"][name]["volumes"]
        assert volume.partition(":")[0] in stack["volumes"]


def test_every_server_asks_for_a_password():
    services = read_stack(NEEDED)
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"] == "of-a-test"
    command = services["redis"]["command"]
    assert command[command.index("--requirepass") + 1] == "of-a-test"
    for name in ("web", "worker", "beat", "migrate"):
        for address in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
            assert ":of-a-test@" in services[name]["environment"][address]


def test_there_are_no_secrets_in_the_files():
    text = (PROJECT / "docker-compose.yml").read_text() + (PROJECT / "Dockerfile").read_text()
    text = re.sub(r"\$\{[^}]*\}", "", text)
    for name in ("SECRET_KEY", "PASSWORD", "TOKEN", "DSN"):
        assert set(re.findall(rf"\w*{name}\w*[=:] *(\S+)", text)) <= {"of-the-build"}


@pytest.mark.slow
def test_the_image_is_not_root_and_has_what_it_needs():
    text = (PROJECT / "Dockerfile").read_text()
    assert re.search(r"(?m)^USER marquee$", text.rpartition("FROM")[2])
    assert "HEALTHCHECK" in text
    assert read_image()[1]["DATA_DIR"] == "/data"
    files = {str(file) for file in files_of_image()}
    assert {"manage.py", "tools/probe.py", "ticketing/settings/base.py", "templates/base.html"} <= files
    assert not {"conftest.py", ".env", "tools/run.py", "docker-compose.yml"} & files
    assert not [file for file in files if "/tests/" in file or file.endswith(".sqlite3")]


def test_a_page_process_that_dies_is_replaced_wherever_pages_are_served():
    places = ["Dockerfile", *PROJECT.glob("docs/*.md"), *PROJECT.glob("tools/*.py"), *PROJECT.glob("benchmarks/*.py")]
    texts = {str(place): (PROJECT / place).read_text() for place in places}
    serving = {place: text for place, text in texts.items() if re.search(r'"granian"|ticketing\.serve', text)}
    assert len(serving) >= 4
    for place, text in serving.items():
        assert re.search(r"--respawn-failed-workers|GRANIAN_RESPAWN_FAILED_WORKERS=true", text), place


def test_docker_compose_reads_it_alike(tmp_path):
    program = shutil.which("docker-compose")
    if not program:
        pytest.skip("no docker-compose: the file was read without it")
    shutil.copy(PROJECT / "docker-compose.yml", tmp_path)
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in NEEDED.items()))
    done = subprocess.run([program, "config"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    theirs, ours = yaml.safe_load(done.stdout)["services"], read_stack(NEEDED)
    assert set(theirs) == set(ours)
    for name, service in ours.items():
        assert theirs[name].get("command") == service.get("command")
        assert {**NEEDED, **(service.get("environment") or {})}.items() >= theirs[name].get("environment", {}).items()
