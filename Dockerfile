# The hub as an image: pinned packages, an unprivileged user, no tools for building left in it.
FROM python:3.12-slim-trixie

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore \
    HUB_DATA_DIR=/var/lib/samspar

RUN useradd --system --home-dir /var/lib/samspar --create-home --shell /usr/sbin/nologin samspar

WORKDIR /app
COPY requirements/runtime.txt requirements/
RUN pip install --no-cache-dir --require-hashes --no-deps --requirement requirements/runtime.txt

COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY connectors connectors
COPY projections projections
COPY hub hub
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

USER samspar
VOLUME /var/lib/samspar
EXPOSE 8080
ENTRYPOINT ["hub"]
CMD ["serve"]
