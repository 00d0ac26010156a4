"""The manifests for Kubernetes: valid by its own schemas, and at one with the image, Compose and the settings.

Nothing here runs them. Schemas of resources that operators bring (CloudNativePG and its plugin, KEDA, Prometheus) are
not to be had as a package.
"""

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from django.conf import settings
from kubernetes_validate import SchemaNotFoundError, ValidationError, validate

from tools.compose import files_of_image, read_image, read_stack
from tools.kustomize import MANIFESTS, Manifest, build, read_manifests, read_settings
from tools.processes import PROJECT

pytestmark = pytest.mark.once
VERSION = "1.37"
OF_OPERATORS = {"Cluster", "Pooler", "ScaledObject", "ObjectStore", "ScheduledBackup", "PodMonitor"}
COMPOSE = read_stack({"SECRET_KEY": "of-a-test", "POSTGRES_PASSWORD": "of-a-test", "REDIS_PASSWORD": "of-a-test"})


@pytest.fixture(scope="module")
def manifests() -> list[Manifest]:
    return build(MANIFESTS / "example")


@pytest.fixture(scope="module")
def pods(manifests: list[Manifest]) -> dict[str, Any]:
    """Return the pods by the names of their Deployment or Job."""
    return {
        one["metadata"]["name"].removeprefix("marquee-"): one["spec"]["template"]["spec"]
        for one in manifests
        if one["kind"] in {"Deployment", "Job"}
    }


def of_kind(manifests: list[Manifest], kind: str) -> dict[str, Manifest]:
    return {one["metadata"]["name"]: one for one in manifests if one["kind"] == kind}


def site(pod: Any) -> Any:
    [container] = pod["containers"]
    assert container["name"] == "site"
    return container


def values(container: Any) -> dict[str, str]:
    return {one["name"]: one.get("value", "") for one in container["env"]}


@pytest.mark.parametrize("folder", ["base", "example"])
def test_each_manifest_is_as_kubernetes_describes_it(folder):
    checked = set()
    for one in build(MANIFESTS / folder):
        try:
            validate(one, VERSION, strict=True)
        except SchemaNotFoundError:
            assert one["kind"] in OF_OPERATORS
        else:
            checked.add(one["kind"])
    assert {"Deployment", "Job", "Service", "Ingress", "HorizontalPodAutoscaler", "PodDisruptionBudget"} < checked
    assert {"ConfigMap", "NetworkPolicy"} < checked


def test_a_misspelled_field_is_found(manifests):
    deployment = of_kind(manifests, "Deployment")["marquee-pages"]
    spelled = yaml.safe_load(yaml.safe_dump(deployment).replace("readinessProbe", "readynessProbe"))
    with pytest.raises(ValidationError, match="readynessProbe"):
        validate(spelled, VERSION, strict=True)


def test_kustomize_reads_them_alike(manifests):
    program = shutil.which("kustomize")
    if not program:
        pytest.skip("no kustomize: the manifests were read without it")
    done = subprocess.run([program, "build", MANIFESTS / "example"], capture_output=True, text=True, check=True)
    theirs = [one for one in yaml.safe_load_all(re.sub(r"\bmarquee-[0-9a-z]{10}\b", "marquee", done.stdout)) if one]
    assert sorted(map(str, theirs)) == sorted(map(str, yaml.safe_load_all(yaml.safe_dump_all(manifests))))


def test_every_file_is_used():
    used = {"kustomization.yaml", "secret-names.env"}
    for file in MANIFESTS.rglob("kustomization.yaml"):
        used |= set(re.findall(r"[\w-]+\.(?:yaml|env)", file.read_text()))
    assert {file.name for file in MANIFESTS.rglob("*") if file.is_file()} == used


# As the image, as Compose


def test_every_pod_runs_the_image_as_it_is(pods):
    text = (PROJECT / "Dockerfile").read_text()
    user = int(re.findall(r"--uid (\d+)", text)[0])
    for name, pod in pods.items():
        for container in [*pod.get("initContainers", ()), site(pod)]:
            assert container["image"] == "images.example.org/marquee:1", name
            mounted = {one["mountPath"] for one in container["volumeMounts"]}
            # All that it may write to, as all else is read-only.
            assert mounted == {read_image()[1]["DATA_DIR"], "/tmp"}, name  # noqa: S108
        assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == user, name


def test_processes_are_those_of_compose(pods):
    commands = {name: site(pod)["command"] for name, pod in pods.items()}
    assert commands.pop("pages") == COMPOSE["web"]["command"]
    assert commands.pop("scheduler") == COMPOSE["beat"]["command"]
    assert commands.pop("migrations") == COMPOSE["migrate"]["command"]
    queues = set()
    for name, command in commands.items():
        *worker, option, queue = command
        assert (worker, option) == (COMPOSE["worker"]["command"], "--queues"), name
        assert name == f"worker-{queue}"
        queues.add(queue)
    assert queues == set(settings.QUEUES)


def test_nothing_is_cut_short(pods):
    for pod, service in (("worker-reports", "worker"), ("worker-mail", "worker"), ("pages", "web")):
        allowed = int(COMPOSE[service]["stop_grace_period"].removesuffix("s"))
        assert pods[pod]["terminationGracePeriodSeconds"] >= allowed
    assert pods["worker-default"]["terminationGracePeriodSeconds"] >= settings.CELERY_TASK_TIME_LIMIT


def test_memory_is_limited_as_in_compose(pods):
    for pod, service in (("pages", "web"), ("worker-mail", "worker"), ("scheduler", "beat"), ("migrations", "migrate")):
        limit = site(pods[pod])["resources"]["limits"]["memory"]
        assert limit.lower() == COMPOSE[service]["mem_limit"] + "i"


def test_pages_are_asked_where_they_answer(pods, manifests):
    pages = site(pods["pages"])
    [port] = pages["ports"]
    assert str(port["containerPort"]) == read_image()[1]["GRANIAN_PORT"]
    asked = {name: pages[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
    # A pod without its database gets no requests, and is not killed for it.
    assert {name: one["path"] for name, one in asked.items()} == {
        "startup": "/healthz",
        "liveness": "/healthz",
        "readiness": "/readyz",
    }
    assert {one["port"] for one in asked.values()} == {port["name"]}
    assert COMPOSE["web"]["healthcheck"]["test"][-1].endswith("/readyz")
    [service] = of_kind(manifests, "Service").values()
    assert service["spec"]["ports"][0]["targetPort"] == port["name"]
    [rule] = of_kind(manifests, "Ingress")["marquee"]["spec"]["rules"]
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert (backend["name"], backend["port"]["name"]) == (service["metadata"]["name"], port["name"])
    assert of_kind(manifests, "NetworkPolicy")["marquee-pages"]["spec"]["ingress"][0]["ports"] == [
        {"port": port["name"]}
    ]


def test_workers_are_asked_as_in_compose(pods):
    for name, pod in pods.items():
        if name.startswith("worker-"):
            command = COMPOSE["worker"]["healthcheck"]["test"][1]
            assert site(pod)["readinessProbe"]["exec"]["command"][-1] == command.replace("$$", "$"), name


def test_what_the_image_lacks_is_not_asked_of_it(pods):
    files = {str(file) for file in files_of_image()}
    assert {"manage.py", "ticketing/serve.py"} <= files
    assert not [file for file in files if file.startswith("deploy/")]


# The environment


def test_every_setting_is_one():
    known = set(re.findall(r"(?m)^#? ?(\w+)=", (PROJECT / ".env.example").read_text()))
    for file in MANIFESTS.rglob("*.env"):
        assert set(read_settings(file)) <= known, file.name


def test_secrets_are_named_and_not_written_down():
    names = read_settings(MANIFESTS / "example" / "secret-names.env")
    assert set(names.values()) == {""}
    assert {"SECRET_KEY", "TICKET_SIGNING_KEY", "REDIS_PASSWORD"} <= set(names)
    for file in MANIFESTS.rglob("*"):
        if file.is_file() and file.name != "secret-names.env":
            assert not [name for name in names if re.search(rf"(?m)^{name}=", file.read_text())], file.name
    assert not of_kind(build(MANIFESTS / "example"), "Secret")


def test_variables_are_defined_before_they_are_used(pods):
    for name, pod in pods.items():
        for container in [*pod.get("initContainers", ()), site(pod)]:
            known: set[str] = set()
            for variable in container["env"]:
                assert set(re.findall(r"\$\((\w+)\)", variable.get("value", ""))) <= known, name
                known.add(variable["name"])


def test_the_database_is_reached_as_its_guide_says(pods, manifests):
    """By pages and workers through the pooler, each with the limits of their role; by migrations past it."""
    cluster = of_kind(manifests, "Cluster")["marquee-database"]
    pooler = of_kind(manifests, "Pooler")["marquee-pooler"]
    assert pooler["spec"]["cluster"]["name"] == cluster["metadata"]["name"]
    assert pooler["spec"]["pgbouncer"]["poolMode"] == "transaction"
    for name, pod in pods.items():
        env = values(site(pod))
        host = "marquee-database-rw" if name == "migrations" else "marquee-pooler"
        assert f"@{host}:5432/{cluster['spec']['bootstrap']['initdb']['database']}" in env["DATABASE_URL"], name
        assert env.get("DATABASE_POOLER", "1") == ("0" if name == "migrations" else "1")
        secret = next(one["valueFrom"]["secretKeyRef"] for one in site(pod)["env"] if one["name"] == "DATABASE_USER")
        assert secret["name"] == f"marquee-database-{'worker' if name.startswith('worker-') else 'app'}", name
    assert of_kind(manifests, "ConfigMap")["marquee"]["data"]["DATABASE_POOLER"] == "1"
    guide = (PROJECT / "docs" / "operations.md").read_text()
    limits = re.findall(r"(?m)^ALTER ROLE \w+ SET \w+ = '?\w+'?", guide)
    assert len(limits) == 7
    assert set(limits) <= set(cluster["spec"]["bootstrap"]["initdb"]["postInitApplicationSQL"])


def test_connections_stay_below_what_the_database_allows(manifests):
    pooler, cluster = (of_kind(manifests, kind) for kind in ("Pooler", "Cluster"))
    pooled = pooler["marquee-pooler"]["spec"]
    roles = 2
    most = pooled["instances"] * roles * int(pooled["pgbouncer"]["parameters"]["default_pool_size"])
    assert 2 * most <= int(cluster["marquee-database"]["spec"]["postgresql"]["parameters"]["max_connections"])


# When a machine dies


def test_nothing_is_there_once(manifests):
    cluster = of_kind(manifests, "Cluster")["marquee-database"]["spec"]
    assert cluster["instances"] == 3
    assert cluster["postgresql"]["synchronous"]["number"] == 1
    assert of_kind(manifests, "HorizontalPodAutoscaler")["marquee-pages"]["spec"]["minReplicas"] == 2
    assert of_kind(manifests, "Deployment")["marquee-scheduler"]["spec"]["replicas"] == 2
    assert of_kind(manifests, "Pooler")["marquee-pooler"]["spec"]["instances"] == 2


@pytest.mark.parametrize("kind", ["PodDisruptionBudget", "NetworkPolicy", "Service"])
def test_every_selector_finds_its_pods(manifests, kind):
    labels = [
        one["spec"]["template"]["metadata"]["labels"].items()
        for one in manifests
        if one["kind"] in {"Deployment", "Job"}
    ]
    for name, one in of_kind(manifests, kind).items():
        selector = one["spec"].get("podSelector", one["spec"].get("selector"))
        wanted = selector.get("matchLabels", selector).items()
        is_of_operator = "cnpg.io/cluster" in dict(wanted)
        assert is_of_operator or any(wanted <= found for found in labels), name


def test_each_queue_has_its_scaling_and_its_own_workers(manifests):
    objects = {name: one["spec"] for name, one in of_kind(manifests, "ScaledObject").items()}
    workers = {name: one for name, one in of_kind(manifests, "Deployment").items() if "worker" in name}
    assert set(objects) == set(workers)
    for name, spec in objects.items():
        [trigger] = spec["triggers"]
        assert spec["scaleTargetRef"]["name"] == name
        assert name == f"marquee-worker-{trigger['metadata']['listName']}"
        env = values(site(workers[name]["spec"]["template"]["spec"]))
        primary, _, number = env["CELERY_BROKER_URL"].rpartition("@")[2].partition("/")
        assert (primary, number) == (trigger["metadata"]["sentinelMaster"], trigger["metadata"]["databaseIndex"])
        # Two would fight over the number.
        assert "replicas" not in workers[name]["spec"]
    assert "replicas" not in of_kind(manifests, "Deployment")["marquee-pages"]["spec"]


def test_the_database_is_kept_in_a_bucket_each_night_and_in_between(manifests):
    cluster = of_kind(manifests, "Cluster")["marquee-database"]
    [store] = of_kind(manifests, "ObjectStore").values()
    [nightly] = of_kind(manifests, "ScheduledBackup").values()
    [plugin] = cluster["spec"]["plugins"]
    assert plugin["parameters"] == {"barmanObjectName": store["metadata"]["name"]}
    assert plugin["isWALArchiver"]
    assert nightly["spec"]["pluginConfiguration"] == {"name": plugin["name"]}
    assert nightly["spec"]["method"] == "plugin"
    assert nightly["spec"]["cluster"]["name"] == cluster["metadata"]["name"]
    # Unlike those of cron, they begin with seconds.
    second, minute, hour, *days = nightly["spec"]["schedule"].split()
    assert (second, *days) == ("0", "*", "*", "*")
    assert minute.isdigit()
    assert hour.isdigit()
    keys = {one["name"] for one in store["spec"]["configuration"]["s3Credentials"].values()}
    # Not those of the site, which could then take its backups along.
    assert keys == {"marquee-backups"}
    assert f"create secret generic {keys.pop()} " in (PROJECT / "docs" / "kubernetes.md").read_text()
    assert "plugins" not in of_kind(build(MANIFESTS / "base"), "Cluster")["marquee-database"]["spec"]


def test_prometheus_reads_each_pod_that_has_figures(manifests, pods):
    monitors = {name: one["spec"] for name, one in of_kind(manifests, "PodMonitor").items()}
    [endpoint] = monitors["marquee-pages"]["podMetricsEndpoints"]
    assert endpoint["port"] == site(pods["pages"])["ports"][0]["name"]
    key = endpoint["authorization"]["credentials"]
    assert key["name"] in {one["secretRef"]["name"] for one in site(pods["pages"])["envFrom"] if "secretRef" in one}
    assert key["key"] in read_settings(MANIFESTS / "example" / "secret-names.env")
    labels = of_kind(manifests, "Deployment")["marquee-pages"]["spec"]["template"]["metadata"]["labels"]
    assert monitors["marquee-pages"]["selector"]["matchLabels"] == labels
    assert monitors["marquee-database"]["selector"]["matchLabels"]["cnpg.io/cluster"] in of_kind(manifests, "Cluster")
    assert monitors["marquee-pooler"]["selector"]["matchLabels"]["cnpg.io/poolerName"] in of_kind(manifests, "Pooler")
    # The ports on which CloudNativePG's instances and poolers answer.
    rules = of_kind(manifests, "NetworkPolicy")["marquee-database"]["spec"]["ingress"]
    assert [{"port": 9187}, {"port": 9127}] in [rule["ports"] for rule in rules]


def test_without_their_scaling_each_queue_has_workers_too():
    for name, one in of_kind(build(MANIFESTS / "base"), "Deployment").items():
        assert one["spec"].get("replicas", 0) >= 1 or name == "marquee-pages"


def test_no_pod_is_root_or_may_become_it(pods):
    for name, pod in pods.items():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["automountServiceAccountToken"] is False, name
        for container in [*pod.get("initContainers", ()), site(pod)]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name


def test_no_pod_begins_before_the_migrations(pods):
    for name, pod in pods.items():
        first = pod.get("initContainers", [])
        assert [one["command"][-2:] for one in first] == ([] if name == "migrations" else [["migrate", "--check"]])


def test_the_guide_names_what_was_checked():
    guide = (PROJECT / "docs" / "kubernetes.md").read_text()
    for file in MANIFESTS.rglob("*.yaml"):
        for one in read_manifests(file):
            assert one["kind"] in guide or one["kind"] in {"Kustomization", "Component"}, one["kind"]
    assert VERSION in guide
