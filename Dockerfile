# syntax=docker/dockerfile:1

FROM node:24-slim AS front-end
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.13-slim AS packages
RUN python -m venv /venv
COPY requirements/base.txt /requirements.txt
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r /requirements.txt

FROM python:3.13-slim AS console
ENV PATH="/venv/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    VAR_DIR=/var/lib/console \
    PORT=8000
RUN useradd --system --uid 10001 --home-dir /var/lib/console --create-home console
WORKDIR /app
COPY --from=packages /venv /venv
COPY --from=front-end /app/node_modules ./node_modules
COPY manage.py ./
COPY contact_center ./contact_center
COPY routing ./routing
COPY conversations ./conversations
COPY bulk_actions ./bulk_actions
COPY analytics ./analytics
COPY templates ./templates
COPY static ./static
# The packages are compiled where they are installed; what nobody compiles is compiled by every process at its start.
RUN python -m compileall -q manage.py contact_center routing conversations bulk_actions analytics
# Collecting files reads the settings but reaches no server and signs nothing: these values end with this line.
RUN SECRET_KEY=only-for-collecting-static-files-at-build-time ALLOWED_HOSTS=localhost \
    DATABASE_URL=postgresql://none@localhost/none REDIS_URL=redis://localhost:6379/0 \
    python manage.py collectstatic --no-input
USER console
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "contact_center.probe", "/healthz"]
# The shell gives way to Daphne, so that it gets the signal that ends the container.
CMD ["sh", "-c", "exec daphne --verbosity 0 --bind 0.0.0.0 --port \"$PORT\" contact_center.asgi:application"]
