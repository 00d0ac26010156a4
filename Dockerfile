# The one image of the production stack: pages, worker, scheduler and migrations differ by command.

FROM python:3.13-slim AS build

ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
RUN pip install --no-cache-dir uv
WORKDIR /app
COPY requirements.txt .
RUN uv venv /venv && uv pip install --no-cache --python /venv/bin/python --requirement requirements.txt
COPY . .
# The key signs nothing here; the settings refuse to load without one.
RUN SECRET_KEY=of-the-build DATA_DIR=/tmp/build /venv/bin/python manage.py collectstatic --noinput \
    && /venv/bin/python -m compileall -q .


FROM python:3.13-slim

RUN useradd --uid 10001 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin marquee \
    && install --directory --owner marquee --group marquee /data
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    PROMETHEUS_MULTIPROC_DIR=/tmp/metrics \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000 \
    GRANIAN_INTERFACE=wsgi \
    GRANIAN_WEBSOCKETS=false \
    GRANIAN_WORKERS=2 \
    GRANIAN_BLOCKING_THREADS=4 \
    GRANIAN_RESPAWN_FAILED_WORKERS=true \
    GRANIAN_LOG_LEVEL=warning
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER marquee
VOLUME /data
EXPOSE 8000
# Granian and Celery finish what they are at; Celery takes a second one as "at once".
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-m", "tools.probe", "http://127.0.0.1:8000/healthz"]
CMD ["python", "-m", "ticketing.serve", "ticketing.wsgi:application"]
