# The desk in one image: the embedding model comes with its package, so nothing is fetched at run time.
#   docker build -t mops-desk .
#   docker run --env-file .env -v mops-desk:/data -p 3000:3000 --read-only --tmpfs /tmp mops-desk
# TORCH_INDEX: address of PyTorch's CPU wheel index; without it the image holds CUDA libraries it never uses.

FROM python:3.12-slim AS build
ARG TORCH_INDEX=""
WORKDIR /src
RUN python -m venv /opt/venv
COPY deploy/constraints.txt deploy/
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY knowledge knowledge
COPY escalation escalation
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --constraint deploy/constraints.txt \
      ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} '.[postgres]'

FROM python:3.12-slim
# git reads handbooks that lie in repositories (`kind: git`).
RUN apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 desk && useradd --uid 10001 --gid desk --no-create-home --shell /usr/sbin/nologin desk \
    && install -d -o desk -g desk -m 0700 /data
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ORT_DISABLE_TELEMETRY=1 \
    DATA_DIR=/data \
    HOST=0.0.0.0 \
    PORT=3000 \
    LOG_FORMAT=json
USER desk
WORKDIR /data
VOLUME /data
EXPOSE 3000
# The model takes up to a minute to load on a small machine; /healthz answers as soon as the process is up, and no
# longer when a thread has ended or every hand is stuck: then a restart helps, and loses nothing.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["mops-desk"]
CMD ["run"]
