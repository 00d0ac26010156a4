"""The REST API: puts the apps' routers together."""

from ninja import NinjaAPI

api = NinjaAPI(title="Marquee", version="1", urls_namespace="api", docs_url="docs", openapi_url="openapi.json")
